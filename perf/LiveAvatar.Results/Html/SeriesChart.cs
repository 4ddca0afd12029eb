namespace LiveAvatar.Results.Html;

/// <summary>Draws what was followed over time or load.</summary>
internal static class SeriesChart
{
    private const double Top = 26, PlotHeight = 150, Right = 12;
    private const int MostDots = 40; // beyond, single measurements are no longer told apart

    public static void Write(HtmlWriter html, Series series)
    {
        var y = Scale.Around(Floor(series.Y), series.Y.Max(), Top + PlotHeight, Top);
        var x = Along(series.X, ChartFrame.LeftOf(y), ChartFrame.Width - Right);
        using (html.Open("svg", ("viewBox", $"0 0 {ChartFrame.Width} {Top + PlotHeight + ChartFrame.Bottom}"), ("role", "img"), ("aria-label", Describe(series))))
        {
            new ChartFrame(x, y, series.AxisTitle, series.Unit.Length == 0 ? series.Title : series.Unit).Draw(html);
            html.Empty("polyline", ("class", series.X.Count > 2 * ChartFrame.Width ? "curve dense" : "curve"), ("points", ChartFrame.Points(Thin([.. series.X.Zip(series.Y, (along, up) => (x.At(along), y.At(up)))]))));
            for (var i = 0; i < series.X.Count && series.X.Count <= MostDots; i++)
            {
                using (html.Open("circle", ("class", "dot"), ("cx", x.At(series.X[i])), ("cy", y.At(series.Y[i])), ("r", 3)))
                {
                    html.Text("title", $"{Number.Format(series.X[i])}: {Number.Format(series.Y[i], series.Unit)}");
                }
            }
        }
    }

    // Without air at the sides: time begins at its beginning.
    private static Scale Along(IReadOnlyList<double> values, double start, double end)
    {
        var (least, most) = (values.Min(), values.Max());
        return (most > least ? new Scale(least, most, start, end) : Scale.Around(least, most, start, end)) with { IsWhole = values.All(double.IsInteger) };
    }

    // From 0 where that costs less than half of the height: then heights can be compared.
    private static double Floor(IReadOnlyList<double> values) => values.Min() is var least && least > 0 && least <= .5 * values.Max() ? 0 : least;

    // Of what falls on the same unit of the drawing, the lowest and the highest: nothing that could be seen is lost.
    private static IEnumerable<(double X, double Y)> Thin(IReadOnlyList<(double X, double Y)> points) => points.Count <= 2 * ChartFrame.Width
        ? points
        : points.GroupBy(point => (int)point.X).SelectMany(column => new[] { column.MinBy(point => point.Y), column.MaxBy(point => point.Y) }.OrderBy(point => point.X));

    private static string Describe(Series series) =>
        $"{series.Title} over {series.AxisTitle}: from {Number.Format(series.Y[0], series.Unit)} to {Number.Format(series.Y[^1], series.Unit)}, least {Number.Format(series.Y.Min(), series.Unit)}, most {Number.Format(series.Y.Max(), series.Unit)}";
}
