namespace LiveAvatar.Rtc.Congestion;

/// <summary>Estimates how long packets wait in queues on the path: their delay now, less the least delay seen of late.</summary>
/// <remarks>
/// The receiver's clock has another origin than ours, so only differences mean something. The least delay is kept for half
/// a minute to a minute, so that drifting clocks and new routes are forgotten.
/// </remarks>
internal sealed class QueueDelay
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    private TimeSpan _least = TimeSpan.MaxValue;
    private TimeSpan _leastBefore = TimeSpan.MaxValue;
    private TimeSpan _leastNow = TimeSpan.MaxValue;
    private TimeSpan _windowEnd;

    /// <summary>The wait of the luckiest packet between the last two calls of <see cref="Update"/>: jitter only ever adds.</summary>
    public TimeSpan Current { get; private set; }

    public void OnPacket(TimeSpan sent, TimeSpan arrived) => _leastNow = arrived - sent < _leastNow ? arrived - sent : _leastNow;

    /// <summary>Takes stock of the packets since the last call.</summary>
    public void Update(TimeSpan now)
    {
        if (_leastNow == TimeSpan.MaxValue)
        {
            return;
        }

        if (now >= _windowEnd)
        {
            _windowEnd = now + Window;
            _leastBefore = _least;
            _least = TimeSpan.MaxValue;
        }

        _least = _leastNow < _least ? _leastNow : _least;
        Current = _leastNow - (_leastBefore < _least ? _leastBefore : _least);
        _leastNow = TimeSpan.MaxValue;
    }

    /// <summary>Forgets the path.</summary>
    public void Reset() => _least = _leastBefore = _leastNow = TimeSpan.MaxValue;
}
