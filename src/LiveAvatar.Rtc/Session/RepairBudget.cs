namespace LiveAvatar.Rtc.Session;

/// <summary>Says when sending lost packets again costs more than a new start from a key frame.</summary>
/// <remarks>
/// On a path that has become narrow most of what was in its queue is lost, and repairing pictures that are over keeps the
/// new ones waiting. What was sent again fills a bucket that leaks at half the path's rate: single losses never fill it.
/// Pure; under the send lock.
/// </remarks>
internal sealed class RepairBudget
{
    private const double LeakShare = 0.5;
    private static readonly TimeSpan Most = TimeSpan.FromMilliseconds(400); // of the path's time

    private double _bits;
    private TimeSpan _leakedUntil;

    /// <summary>Takes what is asked for; false when it is more than a key frame would cost, and then all before that is written off.</summary>
    /// <param name="bytes">To be sent again.</param>
    /// <param name="bitsPerSecond">What the path bears.</param>
    /// <param name="now">The time.</param>
    public bool TryTake(int bytes, int bitsPerSecond, TimeSpan now)
    {
        _bits = Math.Max(0, _bits - ((now - _leakedUntil).TotalSeconds * LeakShare * bitsPerSecond));
        _leakedUntil = now;
        if (_bits + (bytes * 8) > Most.TotalSeconds * bitsPerSecond)
        {
            _bits = 0;
            return false;
        }

        _bits += bytes * 8;
        return true;
    }
}
