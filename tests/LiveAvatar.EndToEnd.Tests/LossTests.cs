using LiveAvatar.CallKit;
using LiveAvatar.CallKit.Analysis;

namespace LiveAvatar.EndToEnd.Tests;

/// <summary>A call over a bad network: the server's own seeded lossy link, 5 % loss and 30 ms of jitter both ways.</summary>
public sealed class LossTests(Stage stage, ITestOutputHelper output)
{
    private const double LongestFreezeMs = 300;

    [Fact]
    public Task FivePercentLossAnd30msJitter_FreezeNoLongerThan300ms() => Repeated.OnceAsync(output, async () =>
    {
        await using var server = await ServerProcess.StartAsync("--test-link", "1,5,0,30");
        await using var page = await (await stage.BrowserAsync()).OpenProbeAsync(server.Address);
        var call = await page.CallAsync();
        await Task.Delay(TimeSpan.FromSeconds(2));
        await page.RecordPictureAsync(call, MouthRegion.Presenter);
        await Task.Delay(TimeSpan.FromSeconds(12));
        var picture = await page.StopPictureAsync(call);
        var stats = await page.VideoStatsAsync(call);
        await page.CloseAsync(call);

        output.WriteLine($"longest freeze {Frames.LongestFreeze(picture):F0} ms; {stats.NackCount} NACKs, {stats.PliCount} PLIs, {stats.PacketsLost} packets lost before repair");
        Assert.True(stats.NackCount > 0, "The link lost nothing: this run proves nothing.");
        Assert.InRange(Frames.LongestFreeze(picture), 0, LongestFreezeMs);
        Assert.InRange(picture.Frames.Count, 12 * 15, 12 * 30); // pictures came all the time; the rate is CallTests' business
    });
}
