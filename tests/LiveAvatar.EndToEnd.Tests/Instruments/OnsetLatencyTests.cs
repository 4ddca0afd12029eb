using LiveAvatar.CallKit;
using LiveAvatar.CallKit.Analysis;

namespace LiveAvatar.EndToEnd.Tests.Instruments;

/// <summary>The mic-to-photon measurement in a real browser, against a mouth that answers after a known time.</summary>
public sealed class OnsetLatencyTests(ITestOutputHelper output)
{
    private const int AddedMs = 100;
    private const int Bursts = 5;

    [Fact]
    public Task MouthThatAnswersLater_IsMeasuredLaterByAsMuch() => Repeated.OnceAsync(output, async () =>
    {
        await using var browser = await Chromium.LaunchAsync();
        var prompt = await MeasureAsync(browser, 0);
        var late = await MeasureAsync(browser, AddedMs);

        output.WriteLine($"prompt: p50 {prompt.P50:F0} of {prompt.Count}; {AddedMs} ms later: p50 {late.P50:F0} of {late.Count}");
        Assert.Equal((Bursts, Bursts), (prompt.Count, late.Count));
        Assert.InRange(late.P50 - prompt.P50, AddedMs - 35, AddedMs + 35); // two frames of 20 ms are the picture's own grain
        Assert.InRange(prompt.P50, 15, 200); // a call through Opus, a jitter buffer and VP8 cannot be faster
    });

    private static async Task<Percentiles> MeasureAsync(Chromium browser, int delayMs)
    {
        await using var page = await browser.OpenOfflineProbeAsync();
        await page.EvaluateAsync<bool>($"({EmbeddedScript.Read("loopback.js")})({{ delayMs: {delayMs} }})");
        var call = await page.CallAsync("stimulus");
        await page.RecordSoundAsync(call, microphone: true);
        await page.RecordPictureAsync(call, MouthRegion.Presenter);
        await Task.Delay(1500);
        var starts = new List<double>();
        for (var i = 0; i < Bursts; i++)
        {
            starts.Add(await page.EvaluateAsync<double>("stimulus.burst(300)"));
            await Task.Delay(1150 + (i * 7));
        }

        var picture = await page.StopPictureAsync(call);
        var sound = await page.StopSoundAsync(call);
        return Percentiles.Of(starts.Select(start => OnsetLatency.Of(picture, (start * 1000) + sound.ClockOffsetMs)).OfType<double>());
    }
}
