namespace LiveAvatar.Results.Html;

/// <summary>The axes of a chart.</summary>
/// <param name="X">Along.</param>
/// <param name="Y">Up; its start is the bottom.</param>
/// <param name="XTitle">What runs along.</param>
/// <param name="YTitle">What goes up; written above the axis, where it can be read without turning one's head.</param>
internal sealed record ChartFrame(Scale X, Scale Y, string XTitle, string YTitle)
{
    /// <summary>Width of a chart in a card: what a phone shows without making it smaller.</summary>
    public const int Width = 360;

    private const double TickRow = 15;

    /// <summary>Room below the plot.</summary>
    public const double Bottom = 40;

    /// <summary>Room for the labels of an axis that goes up.</summary>
    public static double LeftOf(Scale y) => Math.Max(28, y.Ticks(TextSize.Font).Max(tick => TextSize.Measure(tick.Label)) + 10);

    /// <summary>The lines of the grid, the labels and the titles.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="xTicks">Whether values are written along X; else the chart does so itself.</param>
    public void Draw(HtmlWriter html, bool xTicks = true)
    {
        foreach (var (value, label) in Y.Ticks(TextSize.Font))
        {
            html.Empty("line", ("class", "grid"), ("x1", X.Start), ("x2", X.End), ("y1", Y.At(value)), ("y2", Y.At(value)));
            html.Text("text", label, ("class", "tick"), ("x", X.Start - 6), ("y", Y.At(value) + 4), ("text-anchor", "end"));
        }

        foreach (var (value, label) in xTicks ? X.Ticks() : [])
        {
            html.Empty("line", ("class", "axis"), ("x1", X.At(value)), ("x2", X.At(value)), ("y1", Y.Start), ("y2", Y.Start + 4));
            html.Text("text", label, ("class", "tick"), ("x", X.At(value)), ("y", Y.Start + TickRow + 2), ("text-anchor", "middle"));
        }

        html.Empty("line", ("class", "axis"), ("x1", X.Start), ("x2", X.End), ("y1", Y.Start), ("y2", Y.Start));
        html.Text("text", TextSize.Fit(XTitle, X.End - X.Start), ("class", "title"), ("x", X.End), ("y", Y.Start + Bottom - 6), ("text-anchor", "end"));
        html.Text("text", TextSize.Fit(YTitle, X.End), ("class", "title"), ("x", 0), ("y", TextSize.Font));
    }

    /// <summary>The points of a line as SVG wants them.</summary>
    public static string Points(IEnumerable<(double X, double Y)> points) => string.Join(' ', points.Select(point => FormattableString.Invariant($"{point.X:0.#},{point.Y:0.#}")));
}
