using LiveAvatar.CallKit;
using LiveAvatar.Results;
using LiveAvatar.CallKit.Analysis;
using LiveAvatar.LoadClient;

namespace LiveAvatar.Perf;

/// <summary>One session that speaks, watched first by one viewer, then by all; nothing is decoded, so this machine measures the server.</summary>
internal static class ViewersBenchmark
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);
    private static readonly WavFile Voice = WavFile.Read(Checkout.At("tests", "vectors", "voices", "slt.wav"));

    public static Task<PerfResult<ViewersSettings, ViewersNumbers>> RunAsync(ViewersSettings settings) => PerfCommand.ShowAsync("Starting the server…", async show =>
    {
        var machine = Machine.Describe("none");
        var server = await ServerProcess.StartAsync("--video-kbps", $"{settings.VideoKbps}", "--max-viewers", $"{settings.Viewers}").ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            var numbers = await MeasureAsync(settings, server, show).ConfigureAwait(false);
            return PerfResult<ViewersSettings, ViewersNumbers>.Of(machine, server.Log, settings, numbers);
        }
    });

    private static async Task<ViewersNumbers> MeasureAsync(ViewersSettings settings, ServerProcess server, Action<string> show)
    {
        await using var speaker = await Speaker.CreateAsync(server).ConfigureAwait(false);
        await using var fleet = new LoadFleet(TimeProvider.System);
        using var end = new CancellationTokenSource();
        var speaking = SpeakAsync(speaker, end.Token);
        var endpoint = new Uri(server.Address, $"/whep/{speaker.Session}");

        show("One viewer…");
        var first = await fleet.JoinAsync(endpoint).ConfigureAwait(false);
        await Task.Delay(Settling, end.Token).ConfigureAwait(false);
        var one = await PartAsync(settings, server, speaker, fleet, end.Token).ConfigureAwait(false);

        show($"{settings.Viewers} viewers…");
        var lossy = await fleet.JoinAsync(endpoint, settings.LossPercent / 100).ConfigureAwait(false);
        var clean = new List<LoadPeer> { first };
        while (clean.Count < settings.Viewers - 1)
        {
            clean.Add(await fleet.JoinAsync(endpoint).ConfigureAwait(false));
        }

        await Task.Delay(Settling, end.Token).ConfigureAwait(false);
        var bytes = fleet.Read(() => clean.Sum(viewer => viewer.Bytes));
        var all = await PartAsync(settings, server, speaker, fleet, end.Token).ConfigureAwait(false);
        bytes = fleet.Read(() => clean.Sum(viewer => viewer.Bytes)) - bytes;
        await end.CancelAsync().ConfigureAwait(false);
        await speaking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return fleet.Read(() => Count(one, all, bytes, clean, lossy));
    }

    private static ViewersNumbers Count(Part one, Part all, long bytes, List<LoadPeer> clean, LoadPeer lossy)
    {
        var shown = clean.Select(viewer => Shown(viewer, all)).ToList();
        var gaps = shown.SelectMany(times => times.Zip(times.Skip(1), (before, frame) => (frame - before).TotalMilliseconds));
        return new ViewersNumbers(
            Math.Round(one.Cores, 3),
            Math.Round(all.Cores, 3),
            Math.Round(all.Cores - one.Cores, 3),
            Math.Round(bytes * 8 / 1000.0 / all.Length.TotalSeconds / clean.Count, 1),
            Percentiles.Of(clean.Where(viewer => viewer.Shown.Count > 0).Select(viewer => (viewer.Shown[0] - viewer.Joined).TotalMilliseconds)),
            Math.Round(shown.Average(times => times.Count) / all.Sent, 4),
            Math.Round(shown.Min(times => times.Count) / (double)all.Sent, 4),
            Math.Round(Shown(lossy, all).Count / (double)all.Sent, 4),
            Percentiles.Of(gaps));
    }

    private static List<TimeSpan> Shown(LoadPeer viewer, Part part) => [.. viewer.Shown.Where(at => at >= part.From && at < part.To)];

    private static async Task<Part> PartAsync(ViewersSettings settings, ServerProcess server, Speaker speaker, LoadFleet fleet, CancellationToken cancellation)
    {
        var (from, cpu, sent) = (fleet.Now, server.CpuTime, (await speaker.GetAsync().ConfigureAwait(false)).Counts["frames_sent"]);
        await Task.Delay(TimeSpan.FromSeconds(settings.Seconds), cancellation).ConfigureAwait(false);
        var (to, used) = (fleet.Now, server.CpuTime - cpu);
        return new Part(from, to, used / (to - from), (await speaker.GetAsync().ConfigureAwait(false)).Counts["frames_sent"] - sent);
    }

    private static async Task SpeakAsync(Speaker speaker, CancellationToken cancellation)
    {
        while (true)
        {
            await speaker.SayAsync(Voice, pace: 2, cancellation: cancellation).ConfigureAwait(false);
        }
    }

    private sealed record Part(TimeSpan From, TimeSpan To, double Cores, long Sent)
    {
        public TimeSpan Length => To - From;
    }
}
