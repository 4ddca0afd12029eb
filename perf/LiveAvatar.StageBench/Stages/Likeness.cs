namespace LiveAvatar.StageBench.Stages;

/// <summary>Whether two sounds are one.</summary>
internal static class Likeness
{
    /// <summary>1 for equal sounds, and less for every difference, of loudness too: twice their product by the sum of their squares.</summary>
    internal static double Of(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double product = 0, squares = 0;
        for (var i = 0; i < a.Length; i++)
        {
            product += (double)a[i] * b[i];
            squares += ((double)a[i] * a[i]) + ((double)b[i] * b[i]);
        }

        return squares == 0 ? 0 : 2 * product / squares;
    }
}
