namespace LiveAvatar.Results;

/// <summary>Whether a metric reached a target, and by how much.</summary>
/// <param name="Metric">What was measured.</param>
/// <param name="Target">What was wanted.</param>
/// <param name="Figure">What came out; null when it was not measured.</param>
public sealed record TargetOutcome(Metric Metric, Target Target, double? Figure)
{
    /// <summary>Null when it was not measured.</summary>
    public bool? IsMet => Figure is { } figure ? Target.IsMetBy(figure) : null;

    /// <summary>Each target of a run.</summary>
    public static IReadOnlyList<TargetOutcome> Of(RunResult run) => [.. run.Metrics.SelectMany(Of)];

    /// <summary>Each target of a metric.</summary>
    public static IEnumerable<TargetOutcome> Of(Metric metric) => metric.Targets.Select(target => new TargetOutcome(metric, target, metric.Figure(target.Of)));

    /// <summary>What was wanted: "p95 at most 200 ms".</summary>
    public string Wanted()
    {
        var bounds = (Target.Least, Target.Most) switch
        {
            ({ } least, { } most) => $"{Number.Format(least)} to {Number.Format(most, Metric.Unit)}",
            ({ } least, null) => "at least " + Number.Format(least, Metric.Unit),
            (null, { } most) => "at most " + Number.Format(most, Metric.Unit),
            _ => "any",
        };
        return Target.Of == "value" ? bounds : $"{Target.Of} {bounds}";
    }

    /// <summary>What came of it: "missed by 30 ms (15 %)", "met with 12 ms (6 %) to spare".</summary>
    public string Verdict()
    {
        if (Figure is not { } figure)
        {
            return "not measured";
        }

        // The bound that is broken, or the nearer one.
        var bounds = new[] { Target.Least, Target.Most }.OfType<double>().ToArray();
        if (bounds.Length == 0)
        {
            return "met";
        }

        var broken = figure < Target.Least ? Target.Least : figure > Target.Most ? Target.Most : null;
        var bound = broken ?? bounds.MinBy(value => Math.Abs(figure - value));
        var distance = Math.Abs(figure - bound);
        var share = bounds.Length > 1 || bound == 0 ? "" : $" ({Percent(distance / Math.Abs(bound))})"; // a share of either end of a range says nothing
        return broken is not null ? $"missed by {Number.Format(distance, Metric.Unit)}{share}"
            : distance == 0 ? "met, just"
            : $"met with {Number.Format(distance, Metric.Unit)}{share} to spare";
    }

    private static string Percent(double share) => Number.Format(Math.Round(share * 100, share < .1 ? 1 : 0), "%");
}
