namespace LiveAvatar.Pipeline.Voice;

/// <summary>Lets packets depart as evenly as their sound was spoken, though they arrive when the network lets them.</summary>
/// <remarks>
/// The voice is held anyway, to leave in step with the lips. That time absorbs the jitter of the way here, which a viewer's browser
/// would otherwise take for its own network's and answer with a deeper buffer. Pure state machine; used under the uplink's lock.
/// </remarks>
internal sealed class VoicePace
{
    // Per packet of 10 ms a time constant of 1.3 s: slower than jitter, faster than any sound card drifts.
    private const int FollowShift = 7;

    // More than jitter: the stream stood still or was cut, and begins anew.
    private static readonly TimeSpan Jump = TimeSpan.FromMilliseconds(200);

    private TimeSpan? _lag;

    /// <summary>When a packet that arrives now is to leave.</summary>
    /// <param name="mediaTime">Media time of its first sample.</param>
    /// <param name="now">Its arrival.</param>
    /// <param name="hold">How long packets wait on average.</param>
    /// <returns>Not before now: what is later than the hold makes up for leaves at once.</returns>
    public TimeSpan Depart(TimeSpan mediaTime, TimeSpan now, TimeSpan hold)
    {
        var lag = now - mediaTime;
        var usual = _lag is { } before && (lag - before).Duration() < Jump
            ? before + TimeSpan.FromTicks((lag - before).Ticks >> FollowShift)
            : lag;
        _lag = usual;
        var due = mediaTime + usual + hold;
        return due > now ? due : now;
    }
}
