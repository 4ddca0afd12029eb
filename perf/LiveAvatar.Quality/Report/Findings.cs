using System.Globalization;

namespace LiveAvatar.Quality.Report;

/// <summary>Collects what one group of measurements found.</summary>
internal sealed class Findings(string group)
{
    private readonly List<Finding> _all = [];

    internal IReadOnlyList<Finding> All => _all;

    internal void Add(string name, double value, string set, Target? target = null, string unit = "", string note = "") =>
        _all.Add(new Finding(group, name, double.IsFinite(value) ? Shorten(value) : null, unit, target, set, double.IsFinite(value) ? note : $"no finite number. {note}".Trim()));

    /// <summary>Says that something could not be measured, and why.</summary>
    internal void Miss(string name, string why, Target? target = null, string unit = "") => _all.Add(new Finding(group, name, null, unit, target, "", why));

    // Four digits after the point, or three that count for smaller numbers.
    private static double Shorten(double value) => Math.Abs(value) >= 0.001 || value == 0
        ? Math.Round(value, 4) : double.Parse(value.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
