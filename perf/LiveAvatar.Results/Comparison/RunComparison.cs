using System.Text.Json;
using LiveAvatar.Results.Statistics;

namespace LiveAvatar.Results.Comparison;

/// <summary>Two runs of the same kind, figure by figure; the JSON file is this record.</summary>
/// <remarks>
/// A figure counts as better or worse when the range of its ratio excludes 1. Where it rests on the measurements within
/// one run, or on three repeats, it must also have changed by more than <see cref="LeastPercent"/>, for such ranges come
/// out narrower than they should: what disturbs a run disturbs many of its measurements.
/// </remarks>
public sealed record RunComparison
{
    /// <summary>What a change has to exceed to count, where its range alone is not to be trusted.</summary>
    public const double LeastPercent = 5;

    private const int LeastRepeats = 3;
    private const int TrustedRepeats = 4; // a side: by chance completely apart less than one time in twenty
    private const int LeastBeyond = 2; // measurements beyond a percentile; with fewer it is the largest one, whatever is drawn
    private const int LeastMeasurements = 10;

    private static readonly (string Of, double Share)[] Percentiles = [("p50", .50), ("p95", .95), ("p99", .99)];

    /// <summary>The command that measured both.</summary>
    public required string Kind { get; init; }

    /// <summary>What is compared with.</summary>
    public required RunIdentity A { get; init; }

    /// <summary>What is compared.</summary>
    public required RunIdentity B { get; init; }

    /// <summary>What else was not the same.</summary>
    public required IReadOnlyList<ContextDifference> Differences { get; init; }

    /// <summary>In the order of A's metrics, then what only B has.</summary>
    public required IReadOnlyList<FigureComparison> Figures { get; init; }

    /// <summary>Compares two runs.</summary>
    /// <exception cref="ResultFileException">They are of different kinds.</exception>
    public static RunComparison Of(RunResult a, RunResult b)
    {
        if (a.Kind != b.Kind)
        {
            throw new ResultFileException($"A is a result of \"perf {a.Kind}\" and B of \"perf {b.Kind}\": only results of the same command can be compared.");
        }

        var others = new Dictionary<string, Metric>(b.Metrics.Select(metric => KeyValuePair.Create(metric.Name, metric)));
        return new RunComparison
        {
            Kind = a.Kind,
            A = new RunIdentity(a.Commit, a.Date),
            B = new RunIdentity(b.Commit, b.Date),
            Differences = ContextDifference.Between(a, b),
            Figures =
            [
                .. a.Metrics.SelectMany(metric => others.Remove(metric.Name, out var other) ? Compare(metric, other) : Alone(metric, Verdict.OnlyInA)),
                .. b.Metrics.Where(metric => others.ContainsKey(metric.Name)).SelectMany(metric => Alone(metric, Verdict.OnlyInB)),
            ],
        };
    }

    /// <summary>The figures that got worse, beyond doubt and by more than so many percent of A.</summary>
    public IReadOnlyList<FigureComparison> WorseThan(double percent) => [.. Figures.Where(figure => figure.WorsePercent > percent)];

    /// <summary>Writes it as JSON.</summary>
    /// <exception cref="ResultFileException">The file cannot be written.</exception>
    public void Write(string path) => ResultFile.Write(path, JsonSerializer.Serialize(this, RunResult.Json) + "\n");

    private static IEnumerable<FigureComparison> Compare(Metric a, Metric b)
    {
        if (a.Unit != b.Unit)
        {
            yield return Row(a, "value", null, null) with { Note = $"measured in \"{a.Unit}\" and \"{b.Unit}\"" };
            yield break;
        }

        if (a.Value is not null || b.Value is not null)
        {
            yield return Judge(Row(a, "value", a.Value, b.Value), a.Repeats, b.Repeats) ?? Unrepeated(a, b, Row(a, "value", a.Value, b.Value));
        }

        foreach (var (of, share) in a.Distribution is null && b.Distribution is null ? [] : Percentiles)
        {
            var row = Row(a, of, a.Figure(of), b.Figure(of));
            yield return (of == "p50" && a.Value is null && b.Value is null ? Judge(row, a.Repeats, b.Repeats) : null) ?? Judge(row, a.Distribution, b.Distribution, share);
        }
    }

    private static IEnumerable<FigureComparison> Alone(Metric metric, Verdict verdict) =>
        from of in (string[])["value", "p50", "p95", "p99"]
        let figure = metric.Figure(of)
        where figure is not null
        select Row(metric, of, verdict == Verdict.OnlyInA ? figure : null, verdict == Verdict.OnlyInB ? figure : null) with { Verdict = verdict };

    private static FigureComparison Row(Metric metric, string of, double? a, double? b) => new()
    {
        Name = metric.Name, Title = metric.Title, Unit = metric.Unit, Of = of, Better = metric.Better, A = a, B = b,
    };

    private static FigureComparison? Judge(FigureComparison row, IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        var fewest = Math.Min(a.Count, b.Count);
        return fewest < LeastRepeats ? null : Decide(
            row with { A = Median(a), B = Median(b), Basis = Basis.Repeats, Note = fewest < TrustedRepeats ? $"only {fewest} repeats" : "" },
            Bootstrap.Compare(a, b),
            fewest < TrustedRepeats ? LeastPercent : 0);
    }

    private static FigureComparison Judge(FigureComparison row, Distribution? a, Distribution? b, double share)
    {
        if (a is null or { Count: 0 } || b is null or { Count: 0 })
        {
            return row with { Note = "no measurements in " + (a is null or { Count: 0 } ? "A" : "B") };
        }

        var needed = Math.Max(LeastMeasurements, LeastBeyond / (1 - share));
        var fewest = Math.Min(Math.Min(a.Count, b.Count), Math.Min(a.Quantiles.Count, b.Quantiles.Count));
        return fewest < needed - 1e-6
            ? row with { Basis = Basis.OneRun, Note = $"only {fewest} measured" }
            : Decide(row with { Basis = Basis.OneRun }, Bootstrap.Compare(a.Quantiles, b.Quantiles, share), LeastPercent);
    }

    private static FigureComparison Unrepeated(Metric a, Metric b, FigureComparison row) => (a.Value, b.Value) switch
    {
        (null, _) => row with { Note = "no value in A" },
        (_, null) => row with { Note = "no value in B" },
        _ when a.Repeats.Count <= 1 && b.Repeats.Count <= 1 => row with { Note = "one run each" },
        _ => row with { Note = $"{Math.Max(1, a.Repeats.Count)} and {Math.Max(1, b.Repeats.Count)} repeats" },
    };

    private static FigureComparison Decide(FigureComparison row, Estimate estimate, double leastPercent)
    {
        var (a, b) = (row.A!.Value, row.B!.Value);
        var apart = estimate.Ratio is { } ratio ? !ratio.Contains(1) : !estimate.Difference.Contains(0);
        var verdict = !apart || Math.Abs(b - a) * 100 <= leastPercent * Math.Abs(a) ? Verdict.NoDifference
            : row.Better == Better.Neither ? Verdict.Different
            : b < a == (row.Better == Better.Lower) ? Verdict.Better : Verdict.Worse;
        return row with { RatioInterval = estimate.Ratio, DifferenceInterval = estimate.Difference, Verdict = verdict };
    }

    private static double Median(IReadOnlyList<double> values) => Bootstrap.Quantile([.. values.Order()], .5);
}
