using System.Net;
using LiveAvatar.Server.Access;

namespace LiveAvatar.Server.Tests.Access;

[Trait("Category", "unit")]
public sealed class AddressLimitTests
{
    private static readonly IPAddress Address = IPAddress.Parse("192.0.2.1");
    private readonly ManualTime _time = new();

    [Fact]
    public void Taken_ComesBackOneByOne()
    {
        var limit = new AddressLimit(atOnce: 2, perMinute: 6, _time);
        Assert.Null(limit.Take(Address));
        Assert.Null(limit.Take(Address));
        Assert.Equal(TimeSpan.FromSeconds(10), limit.Take(Address));

        _time.Pass(TimeSpan.FromSeconds(9));
        Assert.Equal(TimeSpan.FromSeconds(1), limit.Take(Address));
        _time.Pass(TimeSpan.FromSeconds(1));
        Assert.Null(limit.Take(Address));
        Assert.Equal(TimeSpan.FromSeconds(10), limit.Take(Address));

        // However long nothing was taken, no more than two wait.
        _time.Pass(TimeSpan.FromHours(1));
        Assert.Null(limit.Take(Address));
        Assert.Null(limit.Take(Address));
        Assert.NotNull(limit.Take(Address));
    }

    [Fact]
    public void Looking_TakesNothing()
    {
        var limit = new AddressLimit(atOnce: 1, perMinute: 1, _time);
        Assert.All(Enumerable.Range(0, 10), _ => Assert.Null(limit.Look(Address)));
        Assert.Equal(0, limit.Count);
        limit.Take(Address);
        Assert.Equal(TimeSpan.FromMinutes(1), limit.Look(Address));
    }

    [Theory]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:2::1", false)]
    public void AddressesOfOneSubscriber_CountAsOne(string one, string other, bool same)
    {
        var limit = new AddressLimit(atOnce: 1, perMinute: 1, _time);
        limit.Take(IPAddress.Parse(one));

        Assert.Equal(same, limit.Take(IPAddress.Parse(other)) is not null);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.1.2.3")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    public void ThisMachine_IsNotLimited(string address)
    {
        var limit = new AddressLimit(atOnce: 1, perMinute: 1, _time);

        Assert.All(Enumerable.Range(0, 100), _ => Assert.Null(limit.Take(IPAddress.Parse(address))));
        Assert.Equal(0, limit.Count);
    }

    [Fact]
    public void Memory_HoldsTheLastMinutesOnly()
    {
        var limit = new AddressLimit(atOnce: 1, perMinute: 60, _time);
        for (var i = 0; i < 100_000; i++)
        {
            Assert.Null(limit.Take(new IPAddress(i + 1)));
            _time.Pass(TimeSpan.FromMilliseconds(10)); // 100 new addresses a second, each full again after one
        }

        Assert.InRange(limit.Count, 100, 1024);
    }

    [Fact]
    public void AddressesBeyondTheBound_ShareOneBucket()
    {
        var limit = new AddressLimit(atOnce: 2, perMinute: 1, _time, most: 10);
        var taken = Enumerable.Range(1, 20).Count(i => limit.Take(new IPAddress(i)) is null);
        Assert.Equal((10 + 2, 11), (taken, limit.Count));
        Assert.Null(limit.Take(new IPAddress(1))); // who was known keeps a bucket of their own

        _time.Pass(TimeSpan.FromMinutes(2));
        Assert.Null(limit.Take(new IPAddress(30)));
        Assert.Equal(1, limit.Count);
    }
}
