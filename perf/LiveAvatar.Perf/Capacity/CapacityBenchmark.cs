using LiveAvatar.CallKit;
using LiveAvatar.CallKit.Analysis;
using LiveAvatar.Results;

namespace LiveAvatar.Perf.Capacity;

/// <summary>Raises a load until it is too much: the 99th percentile of the frame interval above 50 ms, or more than 0.1 % of the frames missing, twice.</summary>
internal sealed class CapacityBenchmark(ILoad load, TimeSpan stepTime, int most)
{
    private const double MaxInterval = 50;
    private const double MaxMissed = 0.001;
    private const double MaxLateness = 1; // ms at the 99th percentile: beyond it the generator, not the server, is measured
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(4);

    /// <summary>Ramps; the metrics' names begin with <paramref name="name"/>.</summary>
    public async Task<(IReadOnlyList<Metric> Metrics, IReadOnlyList<Series> Series)> RunAsync(string name, ServerProcess server, double target, Action<string> show)
    {
        await Task.Delay(TimeSpan.FromSeconds(2)).ConfigureAwait(false);
        var emptyMiB = server.ResidentBytes / (double)(1 << 20);
        var steps = new List<RampStep>();
        var refused = "";
        do
        {
            try
            {
                await load.AddAsync().ConfigureAwait(false);
            }
            catch (InvalidOperationException e)
            {
                refused = e.Message; // the server says it is full before it stutters
                break;
            }

            await Task.Delay(Settling).ConfigureAwait(false);
            var step = await load.MeasureAsync(stepTime).ConfigureAwait(false);
            show(Describe(step));
            if (!IsBorne(step))
            {
                // A hiccup of a shared machine is not a limit: what was too much once is tried once more.
                step = await load.MeasureAsync(stepTime).ConfigureAwait(false);
                show("Again: " + Describe(step));
            }

            steps.Add(step);
        }
        while (IsBorne(steps[^1]) && steps[^1].Count < most);

        show(refused.Length > 0 ? $"No more were taken: {refused}" : IsBorne(steps[^1]) ? $"Stopped at {steps[^1].Count}, as asked." : "That is too much.");
        return (Metrics(name, steps, emptyMiB, target), SeriesOf(name, steps));
    }

    private static bool IsBorne(RampStep step) => Percentiles.Of(step.Intervals).P99 <= MaxInterval && step.Missed <= MaxMissed;

    private string Describe(RampStep step)
    {
        var intervals = Percentiles.Of(step.Intervals);
        var late = Percentiles.Of(step.Lateness);
        return $"{step.Count} {load.Counts}: frame interval p50 {intervals.P50:F1}, p99 {intervals.P99:F1} ms; {100 * step.Missed:F2} % missing; "
            + $"{step.Cores:F2} cores; {step.MemoryMiB:F0} MiB"
            + (late.P99 > MaxLateness ? $"; the generator was late (p99 {late.P99:F1} ms)" : "");
    }

    private List<Metric> Metrics(string name, List<RampStep> steps, double emptyMiB, double target)
    {
        var borne = steps.TakeWhile(IsBorne).ToList();
        var last = borne.Count > 0 ? borne[^1] : steps[0];
        var metrics = new List<Metric>
        {
            Metric.Single($"{name}/most", $"{load.Counts} at a time without a miss", "", Better.Higher, borne.Count > 0 ? last.Count : 0, RunResults.Least(target)),
            Metric.Single($"{name}/per_core", $"{load.Counts} per core of this machine", "", Better.Higher, (borne.Count > 0 ? last.Count : 0) / (double)Environment.ProcessorCount),
            Metric.Single($"{name}/cores_each", $"CPU of each of {last.Count} {load.Counts}", "cores", Better.Lower, last.Cores / last.Count),
            Metric.Single($"{name}/memory_first", $"memory of the first {steps[0].Count} {load.Counts}", "MiB", Better.Lower, steps[0].MemoryMiB - emptyMiB),
            Metric.Many($"{name}/interval", $"frame interval with {last.Count} {load.Counts}", "ms", Better.Lower, last.Intervals, RunResults.Most(MaxInterval, "p99")),
            Metric.Single($"{name}/missed", $"frames missing with {last.Count} {load.Counts}", "%", Better.Lower, 100 * last.Missed, RunResults.Most(100 * MaxMissed)),
        };
        if (steps.Count > 1)
        {
            var more = (steps[^1].MemoryMiB - steps[0].MemoryMiB) / (steps[^1].Count - steps[0].Count);
            metrics.Add(Metric.Single($"{name}/memory_each", $"memory of each further one of {load.Counts}", "MiB", Better.Lower, more, RunResults.Most(40)));
        }

        if (last.Latencies.Count > 0)
        {
            metrics.Add(Metric.Many($"{name}/latency", $"capture to arrival with {last.Count} {load.Counts}", "ms", Better.Lower, last.Latencies));
        }

        if (last.Lateness.Count > 0)
        {
            metrics.Add(Metric.Many($"{name}/generator_late", "lateness of the generator", "ms", Better.Lower, last.Lateness, RunResults.Most(MaxLateness, "p99")));
        }

        return metrics;
    }

    private List<Series> SeriesOf(string name, List<RampStep> steps)
    {
        double[] counts = [.. steps.Select(step => (double)step.Count)];
        return
        [
            new Series($"{name}/interval_p99", "frame interval, 99th percentile", "ms", load.Counts, counts, [.. steps.Select(step => Percentiles.Of(step.Intervals).P99)]),
            new Series($"{name}/cores", "CPU of the server", "cores", load.Counts, counts, [.. steps.Select(step => Math.Round(step.Cores, 3))]),
            new Series($"{name}/memory", "memory of the server", "MiB", load.Counts, counts, [.. steps.Select(step => Math.Round(step.MemoryMiB, 1))]),
        ];
    }
}
