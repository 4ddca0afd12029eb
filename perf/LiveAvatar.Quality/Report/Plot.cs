using System.Globalization;

namespace LiveAvatar.Quality.Report;

/// <summary>One curve of a plot.</summary>
internal sealed record Curve(string Name, Colour Colour, IReadOnlyList<(double X, double Y)> Points);

/// <summary>A plot of curves over one axis.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Axis">Name of the horizontal axis.</param>
/// <param name="Curves">The curves.</param>
/// <param name="Shaded">Stretches of the horizontal axis to shade.</param>
internal sealed record Plot(string Title, string Axis, IReadOnlyList<Curve> Curves, IReadOnlyList<(double From, double To)> Shaded)
{
    private const int Left = 56, Right = 14, Top = 44, Bottom = 40; // margins in pixels

    /// <summary>Range of the horizontal axis; null to fit the curves.</summary>
    internal (double From, double To)? Domain { get; init; }

    /// <summary>Range of the vertical axis; null to fit the curves.</summary>
    internal (double Least, double Most)? Range { get; init; }

    internal void Draw(Canvas canvas, int x, int y, int width, int height)
    {
        var points = Curves.SelectMany(curve => curve.Points).ToArray();
        var (least, most) = Range ?? (points.Min(point => point.Y), points.Max(point => point.Y));
        var (from, to) = Domain ?? (points.Min(point => point.X), points.Max(point => point.X));
        most = most > least ? most : least + 1;
        double ToX(double value) => x + Left + ((value - from) / (to - from) * (width - Left - Right));
        double ToY(double value) => y + height - Bottom - ((Math.Clamp(value, least, most) - least) / (most - least) * (height - Top - Bottom));

        foreach (var (start, end) in Shaded)
        {
            canvas.Fill(ToX(Math.Max(from, start)), y + Top, ToX(Math.Min(to, end)) - ToX(Math.Max(from, start)), height - Top - Bottom, Colour.Shade);
        }

        foreach (var value in Ticks(least, most))
        {
            canvas.Line([(x + Left, ToY(value)), (x + width - Right, ToY(value))], Colour.Pale, 1);
            canvas.Text(Label(value), x + Left - 6 - StrokeFont.Measure(Label(value), 1.3), ToY(value) - 4, Colour.Grey, 1.3);
        }

        foreach (var value in Ticks(from, to))
        {
            canvas.Text(Label(value), ToX(value) - (StrokeFont.Measure(Label(value), 1.3) / 2), y + height - Bottom + 8, Colour.Grey, 1.3);
        }

        foreach (var curve in Curves)
        {
            canvas.Line([.. curve.Points.Select(point => (ToX(point.X), ToY(point.Y)))], curve.Colour, 1.6);
        }

        canvas.Text(Title, x + Left, y + 8, Colour.Ink, 1.6);
        canvas.Text(Axis, x + width - Right - StrokeFont.Measure(Axis, 1.3), y + height - 14, Colour.Grey, 1.3);
        double legend = x + Left;
        foreach (var curve in Curves.Where(curve => curve.Name.Length > 0))
        {
            canvas.Fill(legend, y + 29, 12, 3, curve.Colour);
            canvas.Text(curve.Name, legend + 16, y + 26, curve.Colour, 1.3);
            legend += 26 + StrokeFont.Measure(curve.Name, 1.3);
        }
    }

    private static string Label(double value) => (value == 0 ? 0 : value).ToString("0.##", CultureInfo.InvariantCulture); // no "-0"

    // Round numbers, 4 to 10 of them: steps of 1, 2 or 5 times a power of ten.
    private static IEnumerable<double> Ticks(double from, double to)
    {
        var rough = (to - from) / 5;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = power * ((rough / power) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 });
        for (var k = (long)Math.Ceiling((from / step) - 1e-6); k * step <= to + (1e-6 * step); k++)
        {
            yield return Math.Round(k * step, 10);
        }
    }
}
