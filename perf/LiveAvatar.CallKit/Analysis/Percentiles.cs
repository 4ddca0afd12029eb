namespace LiveAvatar.CallKit.Analysis;

/// <summary>Nearest-rank percentiles of a set of numbers.</summary>
/// <param name="Count">How many numbers.</param>
/// <param name="P50">Median.</param>
/// <param name="P95">95th percentile.</param>
/// <param name="P99">99th percentile.</param>
/// <param name="Max">The largest.</param>
public sealed record Percentiles(int Count, double P50, double P95, double P99, double Max)
{
    /// <summary>Computes them; of nothing, all are NaN-free zeros with a count of 0.</summary>
    public static Percentiles Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0
            ? new Percentiles(0, 0, 0, 0, 0)
            : new Percentiles(sorted.Length, At(sorted, .50), At(sorted, .95), At(sorted, .99), Math.Round(sorted[^1], 3));
    }

    private static double At(double[] sorted, double share) =>
        Math.Round(sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)], 3);
}
