using LiveAvatar.CallKit.Analysis;

namespace LiveAvatar.EndToEnd.Tests;

/// <summary>One driver with a voice file as microphone, one viewer: what issue 2 promises about a call.</summary>
public sealed class CallTests(Stage stage, ITestOutputHelper output)
{
    private const double ConnectLimitMs = 2000;
    private const double LeastFramesPerSecond = 24;
    private const double LeastMotionRatio = 5;

    // ITU-R BT.1359: sound that is 45 ms early or 125 ms late is not noticed.
    private const double LeastVideoLeadMs = -45;
    private const double MostVideoLeadMs = 125;
    private const double LeastCorrelation = 0.3;

    // How much later than the microphone the mouth moves, for telling which frame belongs to speech. Margins cover its error.
    private const double TypicalLatencyMs = 150;

    public static TheoryData<string> Browsers => ["Chromium", "Firefox"];

    [Theory]
    [MemberData(nameof(Browsers))]
    public Task Caller_IsConnectedWithin2s(string browser) => stage.Recordings[browser].JudgeAsync(output, call =>
    {
        var times = call.Driver.Times;
        output.WriteLine($"answer {times.Answered - times.Posted:F0}, connected {times.Connected - times.Posted:F0}, first frame {times.FirstFrame - times.Posted:F0} ms");
        Assert.InRange(times.Connected - times.Posted, 0, ConnectLimitMs);
    });

    [Theory]
    [MemberData(nameof(Browsers))]
    public Task Driver_DecodesAtLeast24FramesPerSecond(string browser) => stage.Recordings[browser].JudgeAsync(output, call =>
    {
        output.WriteLine($"{call.FramesPerSecond:F2} frames/s decoded, longest freeze {Frames.LongestFreeze(call.DriverPicture):F0} ms");
        Assert.InRange(call.FramesPerSecond, LeastFramesPerSecond, 30);
    });

    [Theory]
    [MemberData(nameof(Browsers))]
    public Task Mouth_MovesFiveTimesMoreInSpeechThanInSilence(string browser) => stage.Recordings[browser].JudgeAsync(output, call =>
    {
        var (speech, silence) = MouthMotion.InSpeechAndSilence(call.DriverPicture, call.Microphone.ToSamples(), TypicalLatencyMs);
        output.WriteLine($"lips move {speech:F3} per frame in speech, {silence:F3} in silence: {speech / silence:F1} times");
        Assert.InRange(speech / silence, LeastMotionRatio, double.PositiveInfinity);
    });

    [Theory]
    [MemberData(nameof(Browsers))]
    public Task Mouth_FollowsTheVoiceAtTheViewer(string browser) => stage.Recordings[browser].JudgeAsync(output, call =>
    {
        var result = LipSync.Estimate(call.ViewerPicture, call.ViewerSound.ToSamples());
        output.WriteLine($"the mouth leads the voice by {result.VideoLeadMs:F0} ms, correlation {result.Correlation:F2}; the browser held the sound {call.ViewerBufferMs:F0} ms");
        Assert.InRange(result.VideoLeadMs, LeastVideoLeadMs, MostVideoLeadMs);
        Assert.InRange(result.Correlation, LeastCorrelation, 1);
    });

    [Fact]
    public async Task EndedCall_IsFreedWithin2s()
    {
        var server = await stage.ServerAsync();
        await using var page = await stage.OpenPageAsync();
        var call = await page.CallAsync();
        Assert.NotNull(await server.Api.GetStatisticsAsync(call.Session));

        var ended = TimeProvider.System.GetTimestamp();
        Assert.Equal(200, await page.CloseAsync(call));
        while (await server.Api.GetStatisticsAsync(call.Session) is not null)
        {
            Assert.InRange(TimeProvider.System.GetElapsedTime(ended).TotalSeconds, 0, 2);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        output.WriteLine($"freed after {TimeProvider.System.GetElapsedTime(ended).TotalMilliseconds:F0} ms");
    }

    [Fact]
    public Task H264Call_ShowsMovingPictures() => Repeated.OnceAsync(output, async () =>
    {
        await using var page = await stage.OpenPageAsync();
        var call = await page.CallAsync(codec: "H264");
        var before = await page.VideoStatsAsync(call);
        await Task.Delay(TimeSpan.FromSeconds(4));
        var after = await page.VideoStatsAsync(call);
        await page.CloseAsync(call);

        var rate = (after.FramesDecoded - before.FramesDecoded) * 1000 / (after.At - before.At);
        output.WriteLine($"{rate:F2} frames/s, {after.FrameWidth}x{after.FrameHeight}");
        Assert.InRange(rate, 15, 30); // the full rate is asked of the recorded call, over 15 s
        Assert.Equal((512, 512), (after.FrameWidth, after.FrameHeight));
    });
}
