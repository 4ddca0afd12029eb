using LiveAvatar.Pipeline.Voice;

namespace LiveAvatar.Pipeline.Tests.Voice;

public sealed class VoicePaceTests
{
    private static readonly TimeSpan Hold = Ms(25);
    private readonly VoicePace _pace = new();

    [Fact]
    public void EvenArrivals_LeaveAfterTheHold()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(Ms((10 * i) + 25), _pace.Depart(Ms(1000 + (10 * i)), Ms(10 * i), Hold));
        }
    }

    [Fact]
    public void JitterWithinTheHold_IsEvenedOut()
    {
        var random = new Random(5);
        var departures = Enumerable.Range(0, 1000).Select(i => _pace.Depart(Ms(10 * i), Ms((10 * i) + (20 * random.NextDouble())), Hold)).Skip(300).ToList();
        var gaps = departures.Zip(departures.Skip(1), (before, after) => (after - before).TotalMilliseconds).ToList();
        Assert.All(gaps, gap => Assert.InRange(gap, 9.8, 10.2));
        Assert.Equal(10 * (300 + 699) + 10 + 25, departures[^1].TotalMilliseconds, 3.0); // on average they are held as long as before
    }

    [Fact]
    public void WhatIsLaterThanTheHold_LeavesAtOnce()
    {
        _pace.Depart(Ms(0), Ms(0), Hold);
        Assert.Equal(Ms(70), _pace.Depart(Ms(10), Ms(70), Hold));
        Assert.InRange(_pace.Depart(Ms(20), Ms(20), Hold), Ms(45), Ms(46)); // and moves those after it by little
    }

    [Theory]
    [InlineData(600)] // stood still
    [InlineData(-600)] // time was cut out
    public void Jump_BeginsAnew(double jumpMs)
    {
        for (var i = 0; i < 100; i++)
        {
            _pace.Depart(Ms(10 * i), Ms(1000 + (10 * i)), Hold);
        }

        var now = Ms(2000 + jumpMs);
        Assert.Equal(now + Hold, _pace.Depart(Ms(1000), now, Hold));
    }

    [Fact]
    public void DriftingClock_IsFollowed()
    {
        const double Drift = 300e-6; // a bad sound card
        var waits = Enumerable.Range(0, 60_000).Select(i =>
        {
            var arrived = Ms(10 * i * (1 + Drift));
            return (_pace.Depart(Ms(10 * i), arrived, Hold) - arrived).TotalMilliseconds;
        });
        Assert.All(waits, wait => Assert.InRange(wait, 24, 26));
    }

    private static TimeSpan Ms(double value) => TimeSpan.FromMilliseconds(value);
}
