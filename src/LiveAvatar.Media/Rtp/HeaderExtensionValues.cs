namespace LiveAvatar.Media.Rtp;

/// <summary>What the header extensions of one packet say; only extensions that are negotiated and have a value are written.</summary>
public readonly record struct HeaderExtensionValues
{
    /// <summary>The m-section's identification tag, 1..16 ASCII bytes; empty = not written.</summary>
    public ReadOnlyMemory<byte> Mid { get; init; }

    /// <summary>NTP time of sending; always written when negotiated, and usually stamped later.</summary>
    public ulong AbsSendTimeNtp { get; init; }

    /// <summary>Transport-wide sequence number; always written when negotiated, and usually stamped later.</summary>
    public ushort TransportSequence { get; init; }

    /// <summary>The limits the receiver shall keep its playout delay in; null = not written.</summary>
    public PlayoutDelay? PlayoutDelay { get; init; }

    /// <summary>NTP time when what the packet shows was captured, by the capturer's clock; null = not written.</summary>
    public ulong? AbsCaptureTimeNtp { get; init; }

    /// <summary>Our clock minus the capturer's, as signed 32.32 fixed-point seconds; null = not written.</summary>
    public long? CaptureClockOffset { get; init; }
}
