using LiveAvatar.CallKit;
using LiveAvatar.CallKit.Analysis;

namespace LiveAvatar.EndToEnd.Tests.Instruments;

/// <summary>The recorders in a real browser, on a mouth and a voice whose offset is known.</summary>
public sealed class RehearsalTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(0)]
    [InlineData(120)]
    public async Task MouthThatIsLate_IsFoundLateByAsMuch(int lateMs)
    {
        await using var browser = await Chromium.LaunchAsync();
        await using var page = await browser.OpenOfflineProbeAsync();

        var recording = await page.EvaluateAsync<Recording>($"({EmbeddedScript.Read("rehearsal.js")})({{ seconds: 8, lateMs: {lateMs} }})");
        var result = LipSync.Estimate(recording.Picture, recording.Sound.ToSamples());

        output.WriteLine($"late {lateMs}: lead {result.VideoLeadMs:F1} ms, correlation {result.Correlation:F2}, {recording.Picture.Frames.Count} frames");
        // Drawing on a 40 ms timer and presenting at 60 Hz make the picture late by about half a step of each.
        Assert.InRange(result.VideoLeadMs, -lateMs - 45, -lateMs + 20);
        Assert.InRange(result.Correlation, 0.6, 1);
    }

    private sealed record Recording(PictureRecording Picture, SoundRecording Sound);
}
