using LiveAvatar.Pipeline.Voice;

namespace LiveAvatar.Pipeline.Tests.Voice;

public class UplinkClockTests
{
    private static readonly TimeSpan Packet = TimeSpan.FromMilliseconds(10);

    [Fact]
    public void BeforeAnySound_SilenceKeepsPace()
    {
        var clock = Started();
        Assert.Equal(Ms(25), clock.SilenceDue(Ms(25)));
        clock.Advance(Ms(20));
        Assert.Equal(Ms(5), clock.SilenceDue(Ms(25)));
    }

    [Fact]
    public void FlowingSound_NeedsNoSilence()
    {
        var clock = Started();
        for (var now = Ms(0); now < Ms(2000); now += Packet)
        {
            Assert.True(clock.Accepts(now));
            clock.Advance(Packet);
            Assert.Equal(TimeSpan.Zero, clock.SilenceDue(now + Ms(9)));
        }
    }

    [Fact]
    public void Stall_IsFilledOnlyAfterTheLimit()
    {
        var clock = Flowing(until: Ms(1000));
        Assert.Equal(TimeSpan.Zero, clock.SilenceDue(Ms(1000) + UplinkClock.FillAfter - Ms(1)));
        Assert.InRange(clock.SilenceDue(Ms(1000) + UplinkClock.FillAfter), UplinkClock.FillAfter - Ms(1), UplinkClock.FillAfter + Ms(1));
    }

    [Fact]
    public void BurstAfterStall_IsSkippedBeyondTheLimit()
    {
        var clock = Flowing(until: Ms(1000));
        var late = Ms(1500);
        clock.Advance(clock.SilenceDue(late)); // 500 ms of silence stood in
        var taken = 0;
        for (var i = 0; i < 50; i++)
        {
            if (clock.Accepts(late))
            {
                clock.Advance(Packet);
                taken++;
            }
        }

        Assert.InRange(taken, 12, 14);
    }

    [Fact]
    public void SoundAfterPause_SetsThePaceAnew()
    {
        var clock = Flowing(until: Ms(1000));
        clock.Advance(clock.SilenceDue(Ms(3000)));
        Assert.True(clock.Accepts(Ms(3005)));
        clock.Advance(Packet);
        Assert.Equal(TimeSpan.Zero, clock.SilenceDue(Ms(3005) + UplinkClock.FillAfter));
    }

    [Theory]
    [InlineData(+200e-6)]
    [InlineData(-200e-6)]
    public void DriftOfTheDriversClock_NeverAddsUp(double drift)
    {
        var clock = Started();
        for (var i = 0; i < 360_000; i++)
        {
            var now = TimeSpan.FromSeconds(i * 0.010 * (1 + drift));
            Assert.Equal(TimeSpan.Zero, i == 0 ? TimeSpan.Zero : clock.SilenceDue(now));
            Assert.True(clock.Accepts(now));
            clock.Advance(Packet);
        }
    }

    private static UplinkClock Started()
    {
        var clock = new UplinkClock();
        clock.Start(TimeSpan.Zero, PipelineTiming.FirstMediaTime);
        return clock;
    }

    private static UplinkClock Flowing(TimeSpan until)
    {
        var clock = Started();
        for (var now = TimeSpan.Zero; now < until; now += Packet)
        {
            clock.Accepts(now);
            clock.Advance(Packet);
        }

        return clock;
    }

    private static TimeSpan Ms(int ms) => TimeSpan.FromMilliseconds(ms);
}
