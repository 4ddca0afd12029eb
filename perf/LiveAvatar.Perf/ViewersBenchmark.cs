using LiveAvatar.CallKit;
using LiveAvatar.Results;
using LiveAvatar.LoadClient;

namespace LiveAvatar.Perf;

/// <summary>One session that speaks, watched first by one viewer, then by all; nothing is decoded, so this machine measures the server.</summary>
internal static class ViewersBenchmark
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);
    private static readonly WavFile Voice = WavFile.Read(Checkout.At("tests", "vectors", "voices", "slt.wav"));

    public static Task<RunResult> RunAsync(ViewersSettings settings) => PerfCommand.ShowAsync("Starting the server…", async show =>
    {
        var machine = Machine.Describe("none");
        var server = await ServerProcess.StartAsync("--video-kbps", $"{settings.VideoKbps}", "--max-viewers", $"{settings.Viewers}").ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            var numbers = await MeasureAsync(settings, server, show).ConfigureAwait(false);
            return RunResults.Of("viewers", machine, server.Log, settings.Told(), numbers);
        }
    });

    private static async Task<IReadOnlyList<Metric>> MeasureAsync(ViewersSettings settings, ServerProcess server, Action<string> show)
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

    private static List<Metric> Count(Part one, Part all, long bytes, List<LoadPeer> clean, LoadPeer lossy)
    {
        var shown = clean.Select(viewer => Shown(viewer, all)).ToList();
        var gaps = shown.SelectMany(ShownFrames.Intervals);
        var joins = clean.Where(viewer => viewer.Shown.Count > 0).Select(viewer => (viewer.Shown[0] - viewer.Joined).TotalMilliseconds);
        return
        [
            Metric.Single("viewers/cores_one", "CPU of the server with one viewer", "cores", Better.Lower, one.Cores),
            Metric.Single("viewers/cores_all", "CPU of the server with all", "cores", Better.Lower, all.Cores),
            Metric.Single("viewers/fan_out", "CPU of the fan-out to the further viewers", "cores", Better.Lower, all.Cores - one.Cores, RunResults.Most(0.6)),
            Metric.Single("viewers/rate", "sent to each", "kbit/s", Better.Neither, bytes * 8 / 1000.0 / all.Length.TotalSeconds / clean.Count),
            Metric.Many("viewers/join", "join to first picture", "ms", Better.Lower, joins, RunResults.Most(1000, "max")),
            Metric.Single("viewers/shown", "frames shown of those sent, viewers without loss", "%", Better.Higher, 100 * shown.Average(times => times.Count) / all.Sent, RunResults.Least(99.5)),
            Metric.Single("viewers/shown_worst", "the same, the worst of them", "%", Better.Higher, 100.0 * shown.Min(times => times.Count) / all.Sent, RunResults.Least(99)),
            Metric.Single("viewers/shown_lossy", "the same, the one that loses packets", "%", Better.Higher, 100.0 * Shown(lossy, all).Count / all.Sent),
            Metric.Many("viewers/interval", "between frames", "ms", Better.Lower, gaps),
        ];
    }

    private static List<TimeSpan> Shown(LoadPeer viewer, Part part) => ShownFrames.Of(viewer, part.From, part.To);

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
