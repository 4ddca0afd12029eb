namespace LiveAvatar.Results;

/// <summary>What a metric should reach.</summary>
/// <param name="Of">"value", or a figure of the distribution: "p50", "p95", "p99", "max".</param>
/// <param name="Least">It should be at least this; null when there is no such bound.</param>
/// <param name="Most">It should be at most this; null when there is no such bound.</param>
public sealed record Target(string Of, double? Least, double? Most)
{
    /// <summary>Whether a figure is within both bounds.</summary>
    public bool IsMetBy(double figure) => !(figure < Least) && !(figure > Most);
}
