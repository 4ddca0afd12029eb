using LiveAvatar.CallKit;

namespace LiveAvatar.EndToEnd.Tests;

/// <summary>Several calls and viewers at once.</summary>
public sealed class ViewerTests(Stage stage, ITestOutputHelper output)
{
    [Fact]
    public Task TwoCalls_WithThreeViewersShowMovingPictures() => Repeated.OnceAsync(output, async () =>
    {
        await using var first = await stage.OpenPageAsync();
        await using var second = await stage.OpenPageAsync();
        await using var viewers = await stage.OpenPageAsync();
        var calls = (First: await first.CallAsync(), Second: await second.CallAsync(Stage.OtherVoice));
        var watched = new List<ProbePeer>();
        foreach (var session in (string[])[calls.First.Session, calls.First.Session, calls.Second.Session])
        {
            watched.Add(await viewers.WatchAsync(session));
        }

        var before = await CountAsync(first, second, viewers, calls, watched);
        await Task.Delay(TimeSpan.FromSeconds(6));
        var after = await CountAsync(first, second, viewers, calls, watched);

        await first.CloseAsync(calls.First);
        await second.CloseAsync(calls.Second);
        var rates = before.Zip(after, (b, a) => (a.FramesDecoded - b.FramesDecoded) * 1000 / (a.At - b.At)).ToList();
        output.WriteLine("frames/s: " + string.Join(", ", rates.Select(r => $"{r:F1}")));
        // Five decoders, two models and the browser share this machine's cores: pictures must move everywhere, at no fixed rate.
        Assert.All(rates, rate => Assert.InRange(rate, 8, 30));
    });

    [Fact]
    public Task LateViewer_HasAPictureWithin1s() => Repeated.OnceAsync(output, async () =>
    {
        await using var page = await stage.OpenPageAsync();
        await using var late = await stage.OpenPageAsync();
        var call = await page.CallAsync();
        await Task.Delay(TimeSpan.FromSeconds(3)); // the first key frame is long gone

        var watch = await late.WatchAsync(call.Session);

        await page.CloseAsync(call);
        output.WriteLine($"picture after {watch.Times.FirstFrame - watch.Times.Posted:F0} ms");
        Assert.InRange(watch.Times.FirstFrame - watch.Times.Posted, 0, 1000);
    });

    [Fact]
    public async Task EndedCall_EndsItsViewers()
    {
        await using var page = await stage.OpenPageAsync();
        await using var viewers = await stage.OpenPageAsync();
        var call = await page.CallAsync();
        var watch = await viewers.WatchAsync(call.Session);

        await page.CloseAsync(call);

        var state = await viewers.EvaluateAsync<string>(
            $$"""
            probe.until(() => ['disconnected', 'failed', 'closed'].includes(probe.peers.get({{watch.Peer}}).pc.connectionState), 8000, () => 'the viewer stays connected')
              .then(() => probe.peers.get({{watch.Peer}}).pc.connectionState)
            """);
        output.WriteLine($"the viewer is {state}");
        var server = await stage.ServerAsync();
        Assert.Null(await server.Api.GetStatisticsAsync(call.Session));
    }

    private static async Task<IReadOnlyList<InboundVideo>> CountAsync(
        ProbePage first, ProbePage second, ProbePage viewers, (ProbePeer First, ProbePeer Second) calls, List<ProbePeer> watched)
    {
        var counts = new List<InboundVideo> { await first.VideoStatsAsync(calls.First), await second.VideoStatsAsync(calls.Second) };
        foreach (var peer in watched)
        {
            counts.Add(await viewers.VideoStatsAsync(peer));
        }

        return counts;
    }
}
