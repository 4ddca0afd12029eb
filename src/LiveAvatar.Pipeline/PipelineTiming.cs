using LiveAvatar.Media.Timing;

namespace LiveAvatar.Pipeline;

/// <summary>The few conversions all steps share; media time is the one timeline of voice and picture.</summary>
internal static class PipelineTiming
{
    /// <summary>Media time at the start of a session: past zero, so that look-ahead never makes a time negative.</summary>
    public static readonly TimeSpan FirstMediaTime = TimeSpan.FromSeconds(1);

    /// <summary>RTP timestamp of video at 90 kHz (RFC 7741 section 4.1).</summary>
    public static long ToVideoRtp(TimeSpan mediaTime) => RtpClock.Video.ToTimestamp(mediaTime);

    /// <summary>RTP timestamp of Opus at 48 kHz (RFC 7587 section 4.1).</summary>
    public static long ToAudioRtp(TimeSpan mediaTime) => RtpClock.Opus.ToTimestamp(mediaTime);
}
