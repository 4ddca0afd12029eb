namespace LiveAvatar.Quality.Metrics;

/// <summary>Means, spreads and correlations.</summary>
internal static class Statistics
{
    internal static double Mean(IReadOnlyCollection<double> values) => values.Count == 0 ? double.NaN : values.Sum() / values.Count;

    /// <summary>Standard deviation of the values as a whole population.</summary>
    internal static double Deviation(IReadOnlyCollection<double> values)
    {
        var mean = Mean(values);
        return values.Count == 0 ? double.NaN : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / values.Count);
    }

    internal static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Correlation of two series of one length; 0 when one of them never changes.</summary>
    internal static double Pearson(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (x.Length != y.Length || x.Length < 2)
        {
            throw new ArgumentException($"Cannot correlate {x.Length} with {y.Length} numbers.", nameof(y));
        }

        double meanX = 0, meanY = 0;
        for (var i = 0; i < x.Length; i++)
        {
            meanX += x[i] / x.Length;
            meanY += y[i] / y.Length;
        }

        double xy = 0, xx = 0, yy = 0;
        for (var i = 0; i < x.Length; i++)
        {
            var (dx, dy) = (x[i] - meanX, y[i] - meanY);
            (xy, xx, yy) = (xy + (dx * dy), xx + (dx * dx), yy + (dy * dy));
        }

        var nothing = 1e-18 * x.Length; // what rounding leaves of a constant
        return xx > nothing && yy > nothing ? xy / Math.Sqrt(xx * yy) : 0;
    }

    /// <summary>Spearman's rank correlation; equal numbers share the mean of their ranks.</summary>
    internal static double Spearman(double[] x, double[] y) => Pearson(Ranks(x), Ranks(y));

    /// <summary>The series without what changes slower than a window: each value less the mean of its neighbours up to <paramref name="half"/> away.</summary>
    internal static double[] Detrend(double[] values, int half)
    {
        var sums = new double[values.Length + 1];
        for (var i = 0; i < values.Length; i++)
        {
            sums[i + 1] = sums[i] + values[i];
        }

        return [.. values.Select((value, i) =>
        {
            var (from, to) = (Math.Max(0, i - half), Math.Min(values.Length, i + half + 1));
            return value - ((sums[to] - sums[from]) / (to - from));
        })];
    }

    private static double[] Ranks(double[] values)
    {
        var order = Enumerable.Range(0, values.Length).OrderBy(i => values[i]).ToArray();
        var ranks = new double[values.Length];
        for (var from = 0; from < order.Length;)
        {
            var to = from;
            while (to + 1 < order.Length && values[order[to + 1]] == values[order[from]])
            {
                to++;
            }

            for (var k = from; k <= to; k++)
            {
                ranks[order[k]] = (from + to) / 2.0;
            }

            from = to + 1;
        }

        return ranks;
    }
}
