using LiveAvatar.Media.Rtp;

namespace LiveAvatar.Media.Tests.Rtp;

[Trait("category", "unit")]
public class PacerTests
{
    // 800 kbit/s with headroom 2: 200 bytes per millisecond, a burst of 1000 bytes.
    private readonly Pacer<string> _pacer = new(800_000, new PacerOptions { Headroom = 2, Capacity = 40 });

    [Fact]
    public void DeltaFrame_LeavesAtOnce()
    {
        Put(PacketUrgency.Delta, 0, "a", "b", "c", "d", "e");
        Assert.Equal("abcde", Take(0));
        Assert.Null(_pacer.NextDeadline(Ms(0)));
    }

    [Fact]
    public void KeyFrame_IsSpread()
    {
        Put(PacketUrgency.Key, 0, "a", "b", "c", "d");
        Assert.Equal("a", Take(0)); // 1000 bytes fill the burst
        Assert.Equal(0.0, Until(0), 0.001);
        Assert.Equal("", Take(0));
        Assert.Equal("b", Take(0.001)); // below the burst again
        Assert.Equal(5.0, Until(0.001), 0.01);
        Assert.Equal("", Take(4.9));
        Assert.Equal("c", Take(5.01));
        Assert.Equal("d", Take(10.02));
    }

    [Fact]
    public void DeltaBehindAKeyFrame_WaitsItsTurn()
    {
        Put(PacketUrgency.Key, 0, "k", "l");
        Put(PacketUrgency.Delta, 0, "d");
        Assert.Equal("k", Take(0));
        Assert.Equal("", Take(0));
        Assert.Equal("ld", Take(1)); // the delta follows at once
    }

    [Fact]
    public void Audio_OvertakesEverything()
    {
        Put(PacketUrgency.Key, 0, "k", "l");
        Assert.Equal("k", Take(0));
        Put(PacketUrgency.Resend, 0, "r");
        Put(PacketUrgency.Audio, 0, "a");
        Assert.Equal("a", Take(0));
        Assert.Equal("r", Take(40));
        Assert.Equal("l", Take(46));
    }

    [Fact]
    public void Resends_AreSpreadAheadOfTheKeyFrame()
    {
        Put(PacketUrgency.Key, 0, "k");
        Put(PacketUrgency.Resend, 0, "r", "s");
        Assert.Equal("r", Take(0));
        Assert.Equal("s", Take(1));
        Assert.Equal("k", Take(6));
    }

    [Fact]
    public void Resends_DoNotDelayADelta()
    {
        Put(PacketUrgency.Resend, 0, "r", "s", "t");
        Put(PacketUrgency.Delta, 0, "d");
        Assert.Equal("d", Take(0));
        Assert.Equal("r", Take(1));
    }

    [Fact]
    public void FullQueue_IsCounted()
    {
        for (var n = 0; n < 40; n++)
        {
            Assert.True(_pacer.Enqueue("k", 1, PacketUrgency.Key, Ms(0)));
        }

        Assert.False(_pacer.Enqueue("k", 1, PacketUrgency.Delta, Ms(0)));
        Assert.True(_pacer.Enqueue("a", 1, PacketUrgency.Audio, Ms(0))); // voice has its own room
        Assert.Equal(1, _pacer.OverflowCount);
        Assert.Equal(41, _pacer.Count);
        Assert.Equal(41, _pacer.QueuedBytes);
    }

    [Fact]
    public void HugeKeyFrame_IsSentFasterRatherThanLate()
    {
        for (var n = 0; n < 40; n++)
        {
            Assert.True(_pacer.Enqueue("k", 1200, PacketUrgency.Key, Ms(0))); // 48 kB: 240 ms at the plain rate
        }

        var taken = 0;
        var now = Ms(0);
        while (_pacer.NextDeadline(now) is { } next)
        {
            now = next;
            while (_pacer.TryDequeue(now, out _))
            {
                taken++;
            }
        }

        Assert.Equal(40, taken);
        Assert.InRange(now.TotalMilliseconds, 100, 120);
    }

    [Fact]
    public void Rate_FollowsTheEncoder()
    {
        _pacer.SetRate(8_000_000); // 10 000 bytes in a burst
        Put(PacketUrgency.Key, 0, "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k");
        Assert.Equal("abcdefghij", Take(0));
    }

    [Fact]
    public void NextDeadline_NeverSpins()
    {
        // Calling exactly at each deadline must take at least one packet each time, or a timer loop would never advance.
        var random = new Random(5);
        var pacer = new Pacer<int>(333_333);
        var now = TimeSpan.FromHours(40);
        for (var n = 0; n < 5_000; n++)
        {
            pacer.Enqueue(n, random.Next(1, 1200), (PacketUrgency)random.Next(4), now);
            if (pacer.NextDeadline(now) is { } next)
            {
                Assert.True(next >= now);
                now = next;
                Assert.True(pacer.TryDequeue(now, out _), $"packet {n}");
            }
        }
    }

    [Fact]
    public void PassingThrough_AllocatesNothing()
    {
        var pacer = new Pacer<int>(800_000);
        var now = Ms(0);
        Allocation.AssertNone(() =>
        {
            now += Ms(1);
            pacer.Enqueue(1, 100, PacketUrgency.Key, now);
            pacer.NextDeadline(now);
            pacer.TryDequeue(now, out _);
        });
    }

    private void Put(PacketUrgency urgency, double at, params string[] packets) =>
        Assert.All(packets, packet => Assert.True(_pacer.Enqueue(packet, 1000, urgency, Ms(at))));

    private string Take(double at)
    {
        var taken = "";
        while (_pacer.TryDequeue(Ms(at), out var packet))
        {
            taken += packet;
        }

        return taken;
    }

    private double Until(double at) => (_pacer.NextDeadline(Ms(at))!.Value - Ms(at)).TotalMilliseconds;

    private static TimeSpan Ms(double ms) => TimeSpan.FromMicroseconds(ms * 1000);
}
