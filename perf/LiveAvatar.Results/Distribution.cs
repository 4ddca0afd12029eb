namespace LiveAvatar.Results;

/// <summary>What is kept of many measurements: nearest-rank percentiles, and enough quantiles to draw them.</summary>
/// <param name="Count">How many there were.</param>
/// <param name="Mean">Arithmetic mean.</param>
/// <param name="P50">Median.</param>
/// <param name="P95">95th percentile.</param>
/// <param name="P99">99th percentile.</param>
/// <param name="Max">The largest.</param>
/// <param name="Quantiles">The smallest, then 200 steps of half a percent to the largest; every measurement when there were fewer.</param>
public sealed record Distribution(int Count, double Mean, double P50, double P95, double P99, double Max, IReadOnlyList<double> Quantiles)
{
    private const int Steps = 200;

    /// <summary>Sums up measurements; of nothing all figures are 0 and the count says so.</summary>
    public static Distribution Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0)
        {
            return new Distribution(0, 0, 0, 0, 0, 0, []);
        }

        var kept = sorted.Length <= Steps ? sorted : [.. Enumerable.Range(0, Steps + 1).Select(step => sorted[(int)((long)step * (sorted.Length - 1) / Steps)])];
        return new Distribution(
            sorted.Length, Round(sorted.Average()), At(sorted, .50), At(sorted, .95), At(sorted, .99), Round(sorted[^1]), [.. kept.Select(Round)]);
    }

    private static double At(double[] sorted, double share) =>
        Round(sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)]);

    // Three decimals, and four digits of what is smaller: a packet takes millionths of a millisecond.
    private static double Round(double value) =>
        value == 0 ? 0 : Math.Round(value, Math.Clamp(3 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 3, 12));
}
