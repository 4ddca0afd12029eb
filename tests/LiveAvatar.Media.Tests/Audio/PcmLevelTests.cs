using LiveAvatar.Media.Audio;

namespace LiveAvatar.Media.Tests.Audio;

[Trait("category", "unit")]
public class PcmLevelTests
{
    [Fact]
    public void Sine_IsThreeDecibelsBelowItsPeak()
    {
        var sine = Enumerable.Range(0, 4800).Select(n => 0.5f * MathF.Sin(2 * MathF.PI * n / 48)).ToArray();
        var level = PcmLevel.Measure(sine);
        Assert.Equal(0.5, level.Peak, 1e-5);
        Assert.Equal(0.5 / Math.Sqrt(2), level.Rms, 1e-5);
        Assert.Equal(-9.03, level.RmsDecibels, 0.01);
    }

    [Fact]
    public void Nothing_IsSilent()
    {
        Assert.Equal(new PcmLevel(0, 0), PcmLevel.Measure([]));
        Assert.Equal(-120, PcmLevel.Measure(new float[10]).RmsDecibels);
    }

    [Fact]
    public void NotANumber_CountsAsSilence() =>
        Assert.Equal(new PcmLevel(0.5f, 1), PcmLevel.Measure([float.NaN, float.PositiveInfinity, -1, 0]));
}
