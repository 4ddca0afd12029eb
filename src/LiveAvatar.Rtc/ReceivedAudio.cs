namespace LiveAvatar.Rtc;

/// <summary>One Opus packet from the peer; the payload is lent for the call.</summary>
public readonly ref struct ReceivedAudio
{
    /// <summary>Unwrapped sequence number.</summary>
    public long Sequence { get; init; }

    /// <summary>Unwrapped RTP timestamp, in 1/48000 s.</summary>
    public long RtpTimestamp { get; init; }

    /// <summary>The Opus packet; empty for a padding-only packet.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>When it was taken up, on the process's monotonic clock: what timing decisions go by, since it never runs back.</summary>
    public TimeSpan Arrived { get; init; }

    /// <summary>When the kernel had received it, on the same clock: what latency is counted from.</summary>
    public TimeSpan Received { get; init; }

    /// <summary>NTP time of capture by the capturer's clock (abs-capture-time, carried forward between stamps); 0 = unknown.</summary>
    public ulong CaptureNtp { get; init; }

    /// <summary>Our clock minus the capturer's, signed 32.32 s, estimated from sender reports; null until one came.</summary>
    public long? CaptureClockOffset { get; init; }
}
