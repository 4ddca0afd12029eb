using LiveAvatar.CallKit;
using LiveAvatar.CallKit.Analysis;
using LiveAvatar.LoadClient;
using LiveAvatar.Results;

namespace LiveAvatar.Perf.Soak;

/// <summary>Calls come and go for as long as asked; what stays behind is what leaks.</summary>
internal sealed class SoakBenchmark(ServerProcess server, SoakSettings settings, Action<string> show)
{
    private const double MiB = 1 << 20;
    private const double WarmUpShare = 0.25; // of the time: pools, tiers of compiled code and the heap find their size
    private static readonly TimeSpan SampleEvery = TimeSpan.FromSeconds(10);
    private readonly List<SoakSample> _samples = [];
    private readonly List<double> _offsets = [];
    private readonly List<double> _intervals = [];
    private double _due;
    private double _came;
    private int _calls;

    /// <summary>Soaks.</summary>
    public async Task<(IReadOnlyList<Metric> Metrics, IReadOnlyList<Series> Series)> RunAsync()
    {
        await using var fleet = new LoadFleet(TimeProvider.System);
        var began = fleet.Now;
        var end = began + settings.Time;
        using var stop = new CancellationTokenSource();
        var sampling = SampleAsync(fleet, began, stop.Token);
        var places = Enumerable.Range(0, settings.Sessions).Select(place => CallsAsync(fleet, place, end));
        await Task.WhenAll(places).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        await sampling.ConfigureAwait(false);
        await Task.Delay(TimeSpan.FromSeconds(3)).ConfigureAwait(false);
        var left = await server.Api.GetMetricAsync("liveavatar_sessions").ConfigureAwait(false) ?? double.NaN;
        var full = await server.Api.GetMetricAsync("liveavatar_dotnet_collections_total{generation=\"2\"}").ConfigureAwait(false) ?? double.NaN;
        return (Metrics(left, full), SeriesOf());
    }

    // One place for a call: a driver and a viewer come, stay a while, go, and the next ones come.
    private async Task CallsAsync(LoadFleet fleet, int place, TimeSpan end)
    {
        await Task.Delay(place * settings.Stay / settings.Sessions).ConfigureAwait(false);
        while (fleet.Now < end)
        {
            var driver = await fleet.CallAsync(new Uri(server.Address, "/whip"), SpokenVoices.Take(_calls++)).ConfigureAwait(false);
            var viewer = await fleet.JoinAsync(new Uri(server.Address, $"/whep/{driver.Session}")).ConfigureAwait(false);
            await Task.Delay(TimeSpan.FromSeconds(2)).ConfigureAwait(false);
            var from = fleet.Now;
            var left = end - fleet.Now;
            await Task.Delay(left < settings.Stay ? left > TimeSpan.Zero ? left : TimeSpan.Zero : settings.Stay).ConfigureAwait(false);
            var to = fleet.Now;
            fleet.Read(() => Keep(driver, viewer, from, to));
            await fleet.LeaveAsync(viewer).ConfigureAwait(false);
            await fleet.LeaveAsync(driver).ConfigureAwait(false);
        }
    }

    private int Keep(LoadPeer driver, LoadPeer viewer, TimeSpan from, TimeSpan to)
    {
        var times = ShownFrames.Of(driver, from, to);
        lock (_samples)
        {
            _intervals.AddRange(ShownFrames.Intervals(times));
            _due += 25 * (to - from).TotalSeconds;
            _came += times.Count;
            if (viewer.VoiceToArrival.Count > 0 && viewer.CaptureToArrival.Count > 0)
            {
                _offsets.Add(Percentiles.Of(viewer.VoiceToArrival).P50 - Percentiles.Of(viewer.CaptureToArrival).P50);
            }
        }

        return 0;
    }

    private async Task SampleAsync(LoadFleet fleet, TimeSpan began, CancellationToken stop)
    {
        var seen = 0;
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(SampleEvery, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested)
            {
                return;
            }

            var heap = await server.Api.GetMetricAsync("liveavatar_dotnet_heap_bytes").ConfigureAwait(false) ?? 0;
            var sessions = await server.Api.GetMetricAsync("liveavatar_sessions").ConfigureAwait(false) ?? 0;
            lock (_samples)
            {
                var offsets = _offsets.Skip(seen).ToList();
                seen = _offsets.Count;
                _samples.Add(new SoakSample(
                    (fleet.Now - began).TotalMinutes, server.ResidentBytes / MiB, heap / MiB, server.HandleCount, server.ThreadCount, sessions,
                    offsets.Count > 0 ? Percentiles.Of(offsets).P50 : null));
            }

            var last = _samples[^1];
            show($"{last.Minutes:F1} of {settings.Time.TotalMinutes:F0} min: {_calls} calls, {last.MemoryMiB:F0} MiB, {last.Handles} handles, {last.Threads} threads, {last.Sessions} sessions now");
        }
    }

    private List<Metric> Metrics(double sessionsLeft, double fullCollections)
    {
        var settled = _samples.Where(sample => sample.Minutes >= WarmUpShare * settings.Time.TotalMinutes).ToList();
        var hours = settled.ConvertAll(sample => sample.Minutes / 60);
        return
        [
            Metric.Single("soak/memory_slope", "memory growth after the first quarter", "MiB/h", Better.Lower, Slope(hours, settled.ConvertAll(sample => sample.MemoryMiB)), RunResults.Most(1)),
            Metric.Single("soak/memory", "memory at the end", "MiB", Better.Lower, _samples[^1].MemoryMiB, RunResults.Most(350 + (40 * (settings.Sessions - 1)))),
            Metric.Single("soak/heap_slope", "growth of the managed heap after the first quarter", "MiB/h", Better.Lower, Slope(hours, settled.ConvertAll(sample => sample.HeapMiB))),
            Metric.Single("soak/handles_growth", "file descriptors, end less first quarter", "", Better.Lower, _samples[^1].Handles - settled[0].Handles, RunResults.Most(4)),
            Metric.Single("soak/threads_growth", "threads, end less first quarter", "", Better.Lower, _samples[^1].Threads - settled[0].Threads, RunResults.Most(4)),
            Metric.Single("soak/stuck", "sessions left when all had gone", "", Better.Lower, sessionsLeft, RunResults.Most(0)),
            Metric.Single("soak/full_collections", "collections of generation 2", "", Better.Lower, fullCollections),
            Metric.Single("soak/calls", "calls made", "", Better.Neither, _calls),
            Metric.Single("soak/missed", "frames missing", "%", Better.Lower, 100 * Math.Max(0, 1 - (_came / _due)), RunResults.Most(0.1)),
            Metric.Many("soak/interval", "frame interval at the drivers", "ms", Better.Lower, _intervals, RunResults.Most(50, "p99")),
            Metric.Many("soak/av_offset", "voice later than its pictures at viewers' network sockets, medians of calls", "ms", Better.Neither, _offsets),
        ];
    }

    private List<Series> SeriesOf()
    {
        double[] minutes = [.. _samples.Select(sample => Math.Round(sample.Minutes, 2))];
        var watched = _samples.Where(sample => sample.AvOffsetMs is not null).ToList();
        return
        [
            new Series("soak/memory", "memory", "MiB", "time, min", minutes, [.. _samples.Select(sample => Math.Round(sample.MemoryMiB, 1))]),
            new Series("soak/heap", "managed heap", "MiB", "time, min", minutes, [.. _samples.Select(sample => Math.Round(sample.HeapMiB, 2))]),
            new Series("soak/handles", "file descriptors", "", "time, min", minutes, [.. _samples.Select(sample => (double)sample.Handles)]),
            new Series("soak/av_offset", "voice later than its pictures", "ms", "time, min", [.. watched.Select(sample => Math.Round(sample.Minutes, 2))], [.. watched.Select(sample => Math.Round(sample.AvOffsetMs!.Value, 1))]),
        ];
    }

    // Least squares.
    private static double Slope(List<double> x, List<double> y)
    {
        var (meanX, meanY) = (x.Average(), y.Average());
        var spread = x.Sum(value => (value - meanX) * (value - meanX));
        return spread > 0 ? x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum() / spread : 0;
    }
}
