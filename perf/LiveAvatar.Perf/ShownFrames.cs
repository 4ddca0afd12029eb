using LiveAvatar.LoadClient;

namespace LiveAvatar.Perf;

/// <summary>Reads what load clients could show.</summary>
internal static class ShownFrames
{
    /// <summary>When a peer could show each frame of a span.</summary>
    public static List<TimeSpan> Of(LoadPeer peer, TimeSpan from, TimeSpan to) => [.. peer.Shown.Where(at => at >= from && at < to)];

    /// <summary>Times between frames, ms.</summary>
    public static IEnumerable<double> Intervals(List<TimeSpan> times) => times.Zip(times.Skip(1), (before, frame) => (frame - before).TotalMilliseconds);
}
