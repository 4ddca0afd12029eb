using LiveAvatar.LoadClient;
using LiveAvatar.Results;

namespace LiveAvatar.Perf.Network;

/// <summary>Reads a relay's log of a link that narrows to 300 kbit/s and widens again.</summary>
internal sealed class BandwidthSteps
{
    private const double NarrowBits = 300_000;
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(3);
    private readonly IReadOnlyList<RelayMoment> _log;
    private readonly TimeSpan _narrowed;

    public BandwidthSteps(IReadOnlyList<RelayMoment> log, TimeSpan narrowed, TimeSpan widened)
    {
        (_log, _narrowed) = (log, narrowed);
        UsualKbps = Rate(narrowed - TimeSpan.FromSeconds(4), narrowed) / 1000;
        var under = log.FirstOrDefault(moment => moment.At >= narrowed + Window && moment.At < widened && RateBefore(moment.At) <= NarrowBits);
        UnderAfter = (under?.At ?? widened) - narrowed;
        var narrow = log.Where(moment => moment.At >= narrowed && moment.At < widened).ToList();
        QueuePeak = narrow.Max(moment => moment.QueueDelay);
        var late = narrow.Where(moment => moment.At >= narrowed + Settled).Select(moment => moment.QueueDelay).Order().ToList();
        QueueP95 = late[(int)(0.95 * late.Count)];
        NarrowKbps = Rate(narrowed + Settled, widened) / 1000;
        var back = log.FirstOrDefault(moment => moment.At >= widened + Window && RateBefore(moment.At) >= 900 * UsualKbps);
        BackAfter = (back?.At ?? log[^1].At) - widened;
    }

    /// <summary>Sent while the link was wide.</summary>
    public double UsualKbps { get; }

    /// <summary>From the narrowing until half a second in which no more was sent than gets through; the whole time when that never was.</summary>
    public TimeSpan UnderAfter { get; }

    /// <summary>The longest queue while it was narrow.</summary>
    public TimeSpan QueuePeak { get; }

    /// <summary>Its 95th percentile from the third second on.</summary>
    public TimeSpan QueueP95 { get; }

    /// <summary>Sent from the third second on.</summary>
    public double NarrowKbps { get; }

    /// <summary>From the widening until half a second with 90 % of the usual; the whole time when that never was.</summary>
    public TimeSpan BackAfter { get; }

    /// <summary>Rate and queue over time; 0 is the narrowing.</summary>
    public IReadOnlyList<Series> Series()
    {
        var shown = _log.Where(moment => moment.At >= _narrowed - TimeSpan.FromSeconds(4)).Where((_, i) => i % 2 == 0).ToList();
        double[] x = [.. shown.Select(moment => Math.Round((moment.At - _narrowed).TotalSeconds, 2))];
        return
        [
            new Series("network/bandwidth/rate", "sent by the server; 300 kbit/s get through from 0 to 12 s", "kbit/s", "time, s", x, [.. shown.Select(moment => Math.Round(RateBefore(moment.At) / 1000))]),
            new Series("network/bandwidth/queue", "queue in front of the narrow link", "ms", "time, s", x, [.. shown.Select(moment => Math.Round(moment.QueueDelay.TotalMilliseconds, 1))]),
        ];
    }

    private double RateBefore(TimeSpan at) => Rate(at - Window, at);

    private double Rate(TimeSpan from, TimeSpan to)
    {
        var first = _log.LastOrDefault(moment => moment.At <= from) ?? _log[0];
        var last = _log.LastOrDefault(moment => moment.At <= to) ?? _log[0];
        return last.At > first.At ? (last.BytesIn - first.BytesIn) * 8 / (last.At - first.At).TotalSeconds : 0;
    }
}
