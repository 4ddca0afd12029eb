using System.Globalization;

namespace LiveAvatar.Perf;

/// <summary>What is measured.</summary>
/// <param name="Viewers">How many watch, one of them with loss.</param>
/// <param name="Seconds">Length of each part.</param>
/// <param name="VideoKbps">Video bit rate.</param>
/// <param name="LossPercent">Percent of its packets that one of them loses.</param>
internal sealed record ViewersSettings(int Viewers, int Seconds, int VideoKbps, double LossPercent)
{
    /// <summary>By option.</summary>
    public IReadOnlyDictionary<string, string> Told() => new Dictionary<string, string>
    {
        ["viewers"] = Viewers.ToString(CultureInfo.InvariantCulture),
        ["seconds"] = Seconds.ToString(CultureInfo.InvariantCulture),
        ["videoKbps"] = VideoKbps.ToString(CultureInfo.InvariantCulture),
        ["loss"] = LossPercent.ToString(CultureInfo.InvariantCulture),
    };
}
