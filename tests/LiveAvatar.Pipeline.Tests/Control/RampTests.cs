using LiveAvatar.Pipeline.Control;

namespace LiveAvatar.Pipeline.Tests.Control;

public sealed class RampTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(Easing.Linear, 0.25f, 0.5f, 0.75f)]
    [InlineData(Easing.In, 0.0625f, 0.25f, 0.5625f)]
    [InlineData(Easing.Out, 0.4375f, 0.75f, 0.9375f)]
    [InlineData(Easing.InOut, 0.15625f, 0.5f, 0.84375f)]
    public void Quarters_FollowTheEasing(Easing easing, float first, float half, float last)
    {
        var ramp = new Ramp(2);
        ramp.Begin([1, -2], new Transition(Second, easing), TimeSpan.FromSeconds(5));
        foreach (var (quarter, share) in new[] { (0, 0f), (1, first), (2, half), (3, last), (4, 1f), (5, 1f) })
        {
            ramp.Advance(TimeSpan.FromSeconds(5) + (Second * quarter / 4));
            Assert.Equal(new[] { share, -2 * share }, ramp.Values.ToArray());
        }
    }

    [Fact]
    public void NewTarget_StartsWhereTheOldWayWas()
    {
        var ramp = new Ramp(1);
        ramp.Begin([1], new Transition(Second, Easing.Linear), TimeSpan.Zero);
        ramp.Advance(Second / 2);
        ramp.Begin([0], new Transition(Second, Easing.Linear), Second / 2);
        ramp.Advance(Second / 2);
        Assert.Equal(0.5f, ramp.Value);
        ramp.Advance(Second);
        Assert.Equal(0.25f, ramp.Value);
    }

    [Fact]
    public void NoDuration_ArrivesAtOnce()
    {
        var ramp = new Ramp(3);
        ramp.Begin([0.1f, 0.2f], default, Second);
        ramp.Advance(Second);
        Assert.Equal(new[] { 0.1f, 0.2f, 0 }, ramp.Values.ToArray());
    }

    [Fact]
    public void Blink_ClosesThenOpens()
    {
        var blink = new Blink();
        blink.Begin(TimeSpan.FromMilliseconds(1000));
        var lids = Enumerable.Range(0, 9).Select(frame => At(blink, 1000 + (40 * frame))).ToArray();

        Assert.Equal(new[] { 0, 0.5f, 1, 1, 0.75f, 0.5f, 0.25f, 0, 0 }, lids);
    }

    [Fact]
    public void BlinkWhileClosing_IsOneBlink()
    {
        var blink = new Blink();
        blink.Begin(TimeSpan.FromMilliseconds(1000));
        Assert.Equal(0.5f, At(blink, 1040));
        blink.Begin(TimeSpan.FromMilliseconds(1040));
        Assert.Equal(1f, At(blink, 1080));
        Assert.Equal(0f, At(blink, 1280));
    }

    [Fact]
    public void BlinkWhileOpening_ClosesAgainFromWhereItIs()
    {
        var blink = new Blink();
        blink.Begin(TimeSpan.FromMilliseconds(1000));
        Assert.Equal(0.5f, At(blink, 1200));
        blink.Begin(TimeSpan.FromMilliseconds(1200));
        Assert.Equal(1f, At(blink, 1240));
    }

    private static float At(Blink blink, int milliseconds)
    {
        blink.Advance(TimeSpan.FromMilliseconds(milliseconds));
        return blink.Value;
    }
}
