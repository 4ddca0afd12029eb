namespace LiveAvatar.Rtc.Congestion;

/// <summary>Waits for a queue to empty that less is sent into than gets through, and tells when it can be none.</summary>
/// <remarks>
/// A delay that does not fall then is the path's own, on a longer route than before, or the queue of others. Waiting
/// for it to go would starve the stream for as long as <see cref="QueueDelay"/> remembers the shorter delay.
/// </remarks>
internal sealed class QueueDrain
{
    private const double Margin = 2; // an encoder takes some frames to come down, and a key frame may be due

    private static readonly TimeSpan Reaction = TimeSpan.FromMilliseconds(500);

    private TimeSpan _longest;
    private TimeSpan? _emptyBy;

    public bool IsRunning => _emptyBy is not null;

    /// <summary>Takes the queue as it is now; the longest counts, for it grows until what was sent before has arrived.</summary>
    public void Expect(TimeSpan queue, TimeSpan roundTrip, TimeSpan now)
    {
        if (IsRunning && queue <= _longest)
        {
            return;
        }

        _longest = queue;
        _emptyBy = now + roundTrip + Reaction + (Margin / (1 - BandwidthEstimator.QueueShare) * queue);
    }

    public bool IsOverdue(TimeSpan now) => now > _emptyBy;

    public void Stop() => _emptyBy = null;
}
