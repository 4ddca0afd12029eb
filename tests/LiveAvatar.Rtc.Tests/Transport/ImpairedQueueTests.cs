using System.Net;
using LiveAvatar.Rtc.Transport;

namespace LiveAvatar.Rtc.Tests.Transport;

public sealed class ImpairedQueueTests
{
    private static readonly NetworkPath Path = new(0, RemoteAddress.From(new IPEndPoint(IPAddress.Loopback, 1)));

    [Fact]
    public void Loss_HasTheConfiguredRate()
    {
        var queue = new ImpairedQueue(new LinkImpairment { Loss = 0.05, QueueLength = 20_000 }, 3);
        for (var index = 0; index < 10_000; index++)
        {
            queue.Push(Path, [1], default);
        }

        Assert.InRange(queue.Lost, 400, 600);
    }

    [Fact]
    public void Delay_HoldsADatagramBackThatLong()
    {
        var queue = new ImpairedQueue(new LinkImpairment { Delay = TimeSpan.FromMilliseconds(20) }, 3);
        queue.Push(Path, [1, 2], TimeSpan.FromSeconds(1));
        var buffer = new byte[16];
        Assert.False(queue.TryPop(TimeSpan.FromMilliseconds(1019.9), buffer, out _, out _));
        Assert.True(queue.TryPop(TimeSpan.FromMilliseconds(1020), buffer, out var path, out var length));
        Assert.Equal(Path, path);
        Assert.Equal([1, 2], buffer[..length]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Jitter_KeepsOrderUnlessReorderingIsAskedFor(bool reorder)
    {
        var queue = new ImpairedQueue(new LinkImpairment { Jitter = TimeSpan.FromMilliseconds(30), Reorder = reorder }, 3);
        for (var index = 0; index < 200; index++)
        {
            queue.Push(Path, [(byte)index], TimeSpan.FromMilliseconds(index));
        }

        var arrived = new List<int>();
        var buffer = new byte[16];
        while (queue.TryPop(TimeSpan.FromSeconds(1), buffer, out _, out _))
        {
            arrived.Add(buffer[0]);
        }

        Assert.Equal(200, arrived.Count);
        Assert.Equal(!reorder, arrived.SequenceEqual(arrived.Order()));
    }

    [Fact]
    public void SameSeed_SameFate() => Assert.Equal(Fates(9), Fates(9));

    [Fact]
    public void FullQueue_LosesTheNewest()
    {
        var queue = new ImpairedQueue(new LinkImpairment { QueueLength = 2 }, 3);
        for (var index = 0; index < 5; index++)
        {
            queue.Push(Path, [1], default);
        }

        Assert.Equal(3, queue.Lost);
    }

    private static List<int> Fates(int seed)
    {
        var queue = new ImpairedQueue(new LinkImpairment { Loss = 0.2, Jitter = TimeSpan.FromMilliseconds(9), Reorder = true, Duplicate = 0.1 }, seed);
        for (var index = 0; index < 100; index++)
        {
            queue.Push(Path, [(byte)index], TimeSpan.FromMilliseconds(index));
        }

        var fates = new List<int>();
        var buffer = new byte[16];
        while (queue.TryPop(TimeSpan.FromSeconds(1), buffer, out _, out _))
        {
            fates.Add(buffer[0]);
        }

        return fates;
    }
}
