namespace LiveAvatar.Results.Statistics;

/// <summary>Tells how sure a difference between two samples is, by drawing from each again and again.</summary>
/// <remarks>
/// The percentile bootstrap: nothing is assumed about the shape of the samples but that their values are independent.
/// It is seeded, so the same two files always compare the same.
/// With three values a side its range holds the truth less often than it says: even samples of equal origin are
/// completely apart one time in ten. Four a side bring that below one in twenty.
/// </remarks>
public static class Bootstrap
{
    /// <summary>How often is drawn; the ends of the range then rest on the 50 outermost draws each.</summary>
    public const int Draws = 2000;

    /// <summary>What a figure has to exceed for a ratio to be built on it; files keep no more than four decimals.</summary>
    public const double Least = 1e-6;

    private const double Outside = .025; // on each side of a range of 95 %

    /// <summary>Compares a quantile of two samples.</summary>
    /// <param name="a">What B is compared with; at least one value.</param>
    /// <param name="b">What is compared; at least one value.</param>
    /// <param name="share">Which quantile, 0 to 1; 0.5 is the median.</param>
    /// <param name="seed">Of the draws.</param>
    public static Estimate Compare(IReadOnlyList<double> a, IReadOnlyList<double> b, double share = .5, int seed = 1)
    {
        var random = new Random(seed);
        double[] first = [.. a.Order()], second = [.. b.Order()];
        var (differences, ratios) = (new double[Draws], new double[Draws]);
        var hasRatio = true;
        for (var draw = 0; draw < Draws; draw++)
        {
            var (from, to) = (Draw(first, share, random), Draw(second, share, random));
            differences[draw] = to - from;
            ratios[draw] = to / from;
            hasRatio &= from > Least && to >= 0;
        }

        return new Estimate(hasRatio ? Middle(ratios) : null, Middle(differences));
    }

    /// <summary>A quantile, between two values where it falls between them.</summary>
    /// <param name="sorted">Ascending; at least one value.</param>
    /// <param name="share">0 to 1.</param>
    public static double Quantile(IReadOnlyList<double> sorted, double share)
    {
        var (below, part) = Place(sorted.Count, share);
        return part == 0 ? sorted[below] : sorted[below] + (part * (sorted[below + 1] - sorted[below]));
    }

    // One quantile of as many values drawn with replacement. Counting the draws of each value saves sorting them.
    private static double Draw(double[] sorted, double share, Random random)
    {
        Span<int> counts = sorted.Length <= 256 ? stackalloc int[sorted.Length] : new int[sorted.Length];
        for (var i = 0; i < sorted.Length; i++)
        {
            counts[random.Next(sorted.Length)]++;
        }

        var (below, part) = Place(sorted.Length, share);
        var (index, passed) = (0, counts[0]);
        while (passed <= below)
        {
            passed += counts[++index];
        }

        var low = sorted[index];
        if (part == 0)
        {
            return low;
        }

        while (passed <= below + 1)
        {
            passed += counts[++index];
        }

        return low + (part * (sorted[index] - low));
    }

    private static (int Below, double Part) Place(int count, double share)
    {
        var place = share * (count - 1);
        var below = (int)Math.Floor(place + 1e-9); // 0.95 * 200 must be 190 in spite of rounding
        var part = place - below;
        return (below, part < 1e-9 ? 0 : part);
    }

    private static Interval Middle(double[] values)
    {
        Array.Sort(values);
        return new Interval(Quantile(values, Outside), Quantile(values, 1 - Outside));
    }
}
