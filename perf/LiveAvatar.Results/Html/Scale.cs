using System.Globalization;

namespace LiveAvatar.Results.Html;

/// <summary>Places values along an axis.</summary>
/// <param name="From">The value at <paramref name="Start"/>.</param>
/// <param name="To">The value at <paramref name="End"/>; above <paramref name="From"/>.</param>
/// <param name="Start">In units of the drawing.</param>
/// <param name="End">In units of the drawing; less than the start on an axis that goes up.</param>
internal readonly record struct Scale(double From, double To, double Start, double End)
{
    private const double Gap = 10; // between labels

    /// <summary>Whether there is nothing between whole numbers, such as sessions.</summary>
    public bool IsWhole { get; init; }

    /// <summary>An axis that holds values, with a little air where they do not end at 0.</summary>
    public static Scale Around(double least, double most, double start, double end)
    {
        var span = most - least;
        if (!(span > Math.Max(Math.Abs(least), Math.Abs(most)) * 1e-6))
        {
            span = Math.Max(Math.Abs(most) * .1, 1e-3); // all the same: the line runs in the middle
            return new Scale(least == 0 ? 0 : least - span, most + span, start, end);
        }

        return new Scale(Pad(least, -span), Pad(most, span), start, end);

        static double Pad(double value, double span) => value == 0 ? 0 : value + (span * .06);
    }

    /// <summary>Where a value lies; those beyond the ends lie at the ends.</summary>
    public double At(double value) => Start + ((Math.Clamp(value, From, To) - From) / (To - From) * (End - Start));

    /// <summary>Round values, in steps of 1, 2 or 5 times a power of ten, as many as have room side by side.</summary>
    /// <param name="room">What a label takes along the axis, besides a gap; null is its width.</param>
    public IReadOnlyList<(double Value, string Label)> Ticks(double? room = null)
    {
        var length = Math.Abs(End - Start);
        var exponent = Math.Max(IsWhole ? 0 : int.MinValue, (int)Math.Floor(Math.Log10((To - From) / 10)));
        while (true)
        {
            foreach (var digit in (double[])[1, 2, 5])
            {
                var ticks = Ticks(digit, exponent);
                var widest = ticks.Count == 0 ? 0 : room ?? ticks.Max(tick => TextSize.Measure(tick.Label));
                if (ticks.Count < 2 || digit * Math.Pow(10, exponent) / (To - From) * length >= widest + Gap)
                {
                    return ticks;
                }
            }

            exponent++;
        }
    }

    private List<(double Value, string Label)> Ticks(double digit, int exponent)
    {
        var (step, format) = (digit * Math.Pow(10, exponent), "#,0" + (exponent < 0 ? "." + new string('0', Math.Min(9, -exponent)) : ""));
        List<(double, string)> ticks = [];
        for (var k = Math.Ceiling((From / step) - 1e-6); k * step <= To + (1e-6 * step) && ticks.Count < 100; k++)
        {
            var value = k == 0 ? 0 : k * step; // no "-0"
            ticks.Add((value, value.ToString(format, CultureInfo.InvariantCulture).Replace('-', '−')));
        }

        return ticks;
    }
}
