namespace LiveAvatar.Results;

/// <summary>Finds what a file may hold in spite of its types: nothing where something belongs, and numbers beyond reason.</summary>
internal static class ResultCheck
{
    private const double Most = 1e15; // nothing measured comes near; sums and products of such numbers stay finite

    /// <summary>What is wrong; null if nothing is.</summary>
    public static string? FindFault(RunResult result)
    {
        if (HasNull(result.Kind, result.Commit, result.Machine, result.Pack, result.Provider, result.Settings, result.Metrics, result.Waterfall, result.Series)
            || HasNull(result.Machine.Processor, result.Machine.System, result.Machine.Runtime, result.Machine.Browser)
            || !AreSane([result.Machine.MemoryGiB, result.Machine.LoadAverage])
            || result.Settings.Values.Any(value => value is null))
        {
            return "something about the run is missing";
        }

        for (var i = 0; i < result.Metrics.Count; i++)
        {
            if (!IsWhole(result.Metrics[i]))
            {
                return $"metric {i + 1} ({result.Metrics[i]?.Name ?? "no name"}) is incomplete";
            }
        }

        return result.Metrics.Select(metric => metric.Name).Distinct(StringComparer.Ordinal).Count() != result.Metrics.Count ? "two metrics have the same name"
            : result.Waterfall.Any(step => step?.Title is null || !AreSane([step.P50, step.P95])) ? "a step of the waterfall is incomplete"
            : result.Series.Any(series => !IsWhole(series)) ? "a series is incomplete"
            : null;
    }

    private static bool IsWhole(Metric? metric) =>
        metric is not null
        && !HasNull(metric.Name, metric.Title, metric.Unit, metric.Repeats, metric.Targets)
        && AreSane(metric.Repeats)
        && AreSane([metric.Value ?? 0])
        && metric.Targets.All(target => target?.Of is not null && AreSane([target.Least ?? 0, target.Most ?? 0]))
        && (metric.Distribution is not { } distribution || IsWhole(distribution));

    private static bool IsWhole(Distribution distribution) =>
        distribution.Quantiles is { } quantiles
        && distribution.Count >= 0
        && AreSane(quantiles)
        && AreSane([distribution.Mean, distribution.P50, distribution.P95, distribution.P99, distribution.Max])
        && (distribution.Count == 0) == (quantiles.Count == 0)
        && quantiles.Zip(quantiles.Skip(1)).All(pair => pair.First <= pair.Second);

    private static bool IsWhole(Series? series) =>
        series is not null
        && !HasNull(series.Name, series.Title, series.Unit, series.AxisTitle, series.X, series.Y)
        && series.X.Count == series.Y.Count
        && AreSane(series.X)
        && AreSane(series.Y);

    private static bool HasNull(params object?[] values) => values.Contains(null);

    private static bool AreSane(IEnumerable<double> values) => values.All(value => Math.Abs(value) <= Most); // not of NaN either
}
