namespace LiveAvatar.StageBench.Stages;

/// <summary>Whether one sound is another one, later.</summary>
internal static class Likeness
{
    /// <summary>The highest correlation, -1 to 1, that any delay up to <paramref name="mostDelay"/> samples gives.</summary>
    internal static double Best(ReadOnlySpan<float> sent, ReadOnlySpan<float> received, int mostDelay)
    {
        var best = -1.0;
        for (var delay = 0; delay <= mostDelay; delay++)
        {
            var length = Math.Min(sent.Length, received.Length - delay);
            best = Math.Max(best, At(sent[..length], received.Slice(delay, length)));
        }

        return best;
    }

    /// <summary>The correlation of two sounds of one length; 0 where one is silent.</summary>
    internal static double At(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double product = 0, squaresA = 0, squaresB = 0;
        for (var i = 0; i < a.Length; i++)
        {
            product += (double)a[i] * b[i];
            squaresA += (double)a[i] * a[i];
            squaresB += (double)b[i] * b[i];
        }

        return squaresA * squaresB == 0 ? 0 : product / Math.Sqrt(squaresA * squaresB);
    }
}
