namespace LiveAvatar.Pipeline.Ledger;

/// <summary>Durations of one stage in milliseconds.</summary>
/// <param name="Stage">The stage's name in metrics and reports.</param>
/// <param name="Count">How many frames the percentiles rest on.</param>
/// <param name="P50">Median.</param>
/// <param name="P95">95th percentile.</param>
/// <param name="P99">99th percentile.</param>
public sealed record StagePercentiles(string Stage, int Count, double P50, double P95, double P99);
