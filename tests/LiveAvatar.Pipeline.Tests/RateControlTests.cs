namespace LiveAvatar.Pipeline.Tests;

public sealed class RateControlTests
{
    private const int Nominal = 1_200_000;
    private readonly RateControl _rate = new(Nominal);

    [Fact]
    public void GoodPath_KeepsTheNominalRate()
    {
        Assert.False(_rate.Follow(Nominal, voiceBits: 0));
        Assert.Equal(Nominal, _rate.Rate);
    }

    [Fact]
    public void NarrowPath_LeavesRoomForHeadersAndVoice()
    {
        Assert.True(_rate.Follow(500_000, voiceBits: 64_000));
        Assert.InRange(_rate.Rate, 350_000, 420_000);
    }

    [Fact]
    public void LessIsFollowedAtOnce_MoreInSteps()
    {
        _rate.Follow(600_000, 0);
        var rate = _rate.Rate;
        Assert.False(_rate.Follow(615_000, 0)); // not worth the encoder's calm
        Assert.Equal(rate, _rate.Rate);
        Assert.True(_rate.Follow(580_000, 0));
        Assert.True(_rate.Follow(650_000, 0));
    }

    [Fact]
    public void WholePathAgain_IsTheNominalRateHoweverSmallTheStep()
    {
        _rate.Follow(Nominal - 20_000, 0);
        Assert.NotEqual(Nominal, _rate.Rate);
        Assert.True(_rate.Follow(Nominal, 0));
        Assert.Equal(Nominal, _rate.Rate);
    }

    [Fact]
    public void NextToNothing_HalvesTheFrameRateAndNoMore()
    {
        _rate.Follow(120_000, 0);
        Assert.Equal([true, false, true, false], Enumerable.Range(0, 4).Select(_ => _rate.LeavesOutNext()));
        _rate.Follow(400_000, 0);
        Assert.All(Enumerable.Range(0, 4), _ => Assert.False(_rate.LeavesOutNext()));
    }

    [Fact]
    public void Nothing_StillMakesAPicture()
    {
        _rate.Follow(1, voiceBits: 64_000);
        Assert.InRange(_rate.Rate, 30_000, 100_000);
    }
}
