namespace LiveAvatar.Rtc.Congestion;

/// <summary>The rate at which packets arrive, over the last half second of the receiver's clock.</summary>
/// <remarks>The first packet of a window only marks its start: counted too, it would make six packets in 150 ms a fifth more.</remarks>
internal sealed class ArrivalRate
{
    private static readonly TimeSpan Span = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Recent = TimeSpan.FromMilliseconds(150);

    private readonly Queue<(TimeSpan Arrived, int Bytes)> _packets = new();
    private TimeSpan _newest;
    private long _bytes;

    /// <summary>Null until the window is filled.</summary>
    public double? BitsPerSecond =>
        _packets.TryPeek(out var oldest) && _newest - oldest.Arrived >= Span / 2 ? (_bytes - oldest.Bytes) * 8 / (_newest - oldest.Arrived).TotalSeconds : null;

    /// <summary>The same over the last 150 ms and the gap before: what a path bears that has just become narrow. Null until there is that much.</summary>
    public double? RecentBitsPerSecond
    {
        get
        {
            var (bytes, before) = (0L, TimeSpan.MinValue);
            foreach (var (arrived, length) in _packets)
            {
                if (arrived > _newest - Recent)
                {
                    bytes += length;
                }
                else if (arrived > before)
                {
                    before = arrived;
                }
            }

            return before > TimeSpan.MinValue ? bytes * 8 / (_newest - before).TotalSeconds : null;
        }
    }

    public void Add(TimeSpan arrived, int bytes)
    {
        _newest = arrived > _newest ? arrived : _newest;
        _packets.Enqueue((arrived, bytes));
        _bytes += bytes;
        while (_packets.TryPeek(out var oldest) && (_newest - oldest.Arrived > Span || _packets.Count > 4096))
        {
            _packets.Dequeue();
            _bytes -= oldest.Bytes;
        }
    }
}
