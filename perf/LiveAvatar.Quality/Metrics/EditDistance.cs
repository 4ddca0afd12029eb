namespace LiveAvatar.Quality.Metrics;

/// <summary>Levenshtein's distance of two sequences.</summary>
internal static class EditDistance
{
    /// <summary>Fewest insertions, deletions and exchanges that make one of the other.</summary>
    internal static int Of(IReadOnlyList<string> a, IReadOnlyList<string> b)
    {
        var above = Enumerable.Range(0, b.Count + 1).ToArray();
        for (var i = 1; i <= a.Count; i++)
        {
            var row = new int[b.Count + 1];
            row[0] = i;
            for (var j = 1; j <= b.Count; j++)
            {
                row[j] = Math.Min(Math.Min(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            }

            above = row;
        }

        return above[b.Count];
    }
}
