using LiveAvatar.Media.Timing;

namespace LiveAvatar.Pipeline.Tests;

public class PipelineTimingTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(40, 3600, 1920)]
    [InlineData(10, 900, 480)]
    [InlineData(144_000_000, 12_960_000_000, 6_912_000_000)] // 40 hours: past 32 bits
    public void MediaTime_BecomesRtpTime(long milliseconds, long video, long audio)
    {
        var time = TimeSpan.FromMilliseconds(milliseconds);
        Assert.Equal(video, PipelineTiming.ToVideoRtp(time));
        Assert.Equal(audio, PipelineTiming.ToAudioRtp(time));
    }

    [Fact]
    public void KnownCaptureTime_MovesBothWays()
    {
        var moment = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
        var earlier = new CaptureTime(NtpTime.FromDateTime(moment), null).Shift(TimeSpan.FromMilliseconds(-20)).Ntp;
        var expected = NtpTime.FromDateTime(moment - TimeSpan.FromMilliseconds(20));
        Assert.InRange((long)(earlier - expected), -500, 500); // 500 / 2^32 s: 0.1 µs
    }

    [Fact]
    public void UnknownCaptureTime_StaysUnknown() => Assert.Equal(0UL, default(CaptureTime).Shift(TimeSpan.FromSeconds(1)).Ntp);
}
