using LiveAvatar.Media.Timing;

namespace LiveAvatar.Rtc.Session;

/// <summary>Ties the media time that RTP timestamps count to the wall clock of the sender reports, once for all streams of a peer.</summary>
/// <remarks>
/// The caller's audio and video timestamps count one media time from the same zero. The first packet of either stream
/// fixes where that zero lies on the monotonic clock; from then on each report says the same line for both streams, so a
/// receiver can play them in step (RFC 3550 section 6.4.1). Used under the send lock.
/// </remarks>
internal sealed class MediaTimeline(WallClock wall)
{
    private TimeSpan? _zero;

    /// <summary>Takes note that media of time <paramref name="mediaTime"/> is sent now.</summary>
    public void OnSent(TimeSpan mediaTime, TimeSpan now) => _zero ??= now - mediaTime;

    /// <summary>The wall clock now.</summary>
    public ulong ToNtp(TimeSpan now) => wall.ToNtp(now);

    /// <summary>The media time that is now, in units of <paramref name="clock"/>; 0 before the first packet.</summary>
    public long TimestampAt(TimeSpan now, RtpClock clock) => _zero is { } zero ? clock.ToTimestamp(now - zero) : 0;
}
