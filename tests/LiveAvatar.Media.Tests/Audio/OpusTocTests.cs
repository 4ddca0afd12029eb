using LiveAvatar.Media.Audio;

namespace LiveAvatar.Media.Tests.Audio;

[Trait("category", "unit")]
public class OpusTocTests
{
    /// <summary>RFC 6716 table 2 in milliseconds, by configuration number.</summary>
    private static readonly double[] FrameMilliseconds =
    [
        10, 20, 40, 60, 10, 20, 40, 60, 10, 20, 40, 60,
        10, 20, 10, 20,
        2.5, 5, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20,
    ];

    [Fact]
    public void EveryConfiguration_HasItsFrameSize()
    {
        for (var config = 0; config < 32; config++)
        {
            var frame = (int)(FrameMilliseconds[config] * 48);
            Assert.True(OpusToc.TryGetDuration([(byte)(config << 3)], out var one));
            Assert.True(OpusToc.TryGetDuration([(byte)((config << 3) | 4 | 1)], out var two)); // stereo changes nothing
            Assert.True(OpusToc.TryGetDuration([(byte)((config << 3) | 2)], out var twoUnequal));
            Assert.True(OpusToc.TryGetDuration([(byte)((config << 3) | 3), 0xC0 | 2], out var counted));
            Assert.Equal((frame, 2 * frame, 2 * frame, 2 * frame), (one, two, twoUnequal, counted));
        }
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("03", "count announced, not there")]
    [InlineData("0300", "no frames")]
    [InlineData("1B03", "three frames of 60 ms are above 120 ms")]
    [InlineData("8331", "49 frames of 2.5 ms are above 120 ms")]
    public void Impossible_IsRejected(string hex, string why) => Assert.False(OpusToc.TryGetDuration(Convert.FromHexString(hex), out _), why);

    [Fact]
    public void Longest_Is120Ms()
    {
        Assert.True(OpusToc.TryGetDuration([0x83, 48], out var samples));
        Assert.Equal(OpusToc.MaxDurationSamples48k, samples);
    }
}
