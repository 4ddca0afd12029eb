using System.Globalization;

namespace LiveAvatar.Results;

/// <summary>Writes numbers for people.</summary>
public static class Number
{
    /// <summary>Three figures that matter, or all before the point: "0.123", "12.3", "1,234".</summary>
    public static string Format(double value)
    {
        var text = Math.Abs(value) switch
        {
            0 => "0",
            >= 1e15 or < 5e-5 => value.ToString("G3", CultureInfo.InvariantCulture),
            >= 99.95 => value.ToString("#,0", CultureInfo.InvariantCulture),
            >= 9.995 => value.ToString("0.#", CultureInfo.InvariantCulture),
            >= .9995 => value.ToString("0.##", CultureInfo.InvariantCulture),
            >= .01 => value.ToString("0.###", CultureInfo.InvariantCulture),
            _ => value.ToString("0.#####", CultureInfo.InvariantCulture),
        };
        return text.Replace('-', '−'); // as wide as a plus sign, and never broken off its number
    }

    /// <summary>A number with its unit.</summary>
    /// <param name="value">The number.</param>
    /// <param name="unit">As in <see cref="Metric.Unit"/>.</param>
    public static string Format(double value, string unit) => unit.Length == 0 ? Format(value) : Format(value) + "\u00A0" + unit;
}
