namespace LiveAvatar.Results.Html;

/// <summary>Puts labels over their marks, in as many rows as it takes for none to cover another.</summary>
internal static class LabelRows
{
    private const double Gap = 8;

    /// <summary>Places labels.</summary>
    /// <param name="labels">What to write, and over which place.</param>
    /// <param name="left">Where the room begins.</param>
    /// <param name="right">Where it ends.</param>
    /// <returns>The left end and the row of each, 0 being the lowest, in the order given.</returns>
    public static IReadOnlyList<(double Left, int Row)> Place(IReadOnlyList<(double At, string Text)> labels, double left, double right)
    {
        var placed = new (double Left, int Row)[labels.Count];
        List<double> ends = []; // of each row so far
        foreach (var i in Enumerable.Range(0, labels.Count).OrderBy(i => labels[i].At))
        {
            var width = TextSize.Measure(labels[i].Text);
            var start = Math.Max(left, Math.Min(labels[i].At - (width / 2), right - width));
            var row = ends.FindIndex(end => end + Gap <= start);
            if (row < 0)
            {
                row = ends.Count;
                ends.Add(0);
            }

            (ends[row], placed[i]) = (start + width, (start, row));
        }

        return placed;
    }
}
