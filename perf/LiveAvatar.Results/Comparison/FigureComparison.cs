using System.Text.Json.Serialization;
using LiveAvatar.Results.Statistics;

namespace LiveAvatar.Results.Comparison;

/// <summary>One figure of two runs, side by side.</summary>
public sealed record FigureComparison
{
    /// <summary>As in <see cref="Metric.Name"/>.</summary>
    public required string Name { get; init; }

    /// <summary>As in <see cref="Metric.Title"/>.</summary>
    public required string Title { get; init; }

    /// <summary>As in <see cref="Metric.Unit"/>.</summary>
    public required string Unit { get; init; }

    /// <summary>"value", "p50", "p95" or "p99".</summary>
    public required string Of { get; init; }

    /// <summary>Which way it should go.</summary>
    public required Better Better { get; init; }

    /// <summary>In the first run; the median of its repeats where those are compared.</summary>
    public double? A { get; init; }

    /// <summary>In the second run.</summary>
    public double? B { get; init; }

    /// <summary>B over A; null where one is missing or A is not above 0.</summary>
    public double? Ratio => A > Bootstrap.Least && B >= 0 ? B / A : null;

    /// <summary>Where the true ratio lies.</summary>
    public Interval? RatioInterval { get; init; }

    /// <summary>Where the true difference of B and A lies, in <see cref="Unit"/>.</summary>
    public Interval? DifferenceInterval { get; init; }

    /// <summary>What the ranges rest on.</summary>
    public Basis Basis { get; init; }

    /// <summary>What it says.</summary>
    public Verdict Verdict { get; init; }

    /// <summary>Why there is no more to say, or a doubt about it; may be empty.</summary>
    public string Note { get; init; } = "";

    /// <summary>By how many percent of A the second is worse; infinite where A is 0, and null where nothing proves it worse.</summary>
    [JsonIgnore] // it has no form for the infinite
    public double? WorsePercent => Verdict != Verdict.Worse ? null
        : A == 0 ? double.PositiveInfinity
        : Math.Abs((B!.Value - A!.Value) / A.Value) * 100;
}
