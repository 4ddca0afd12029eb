namespace LiveAvatar.Media.Rtp;

/// <summary>A packet found in the history; valid until the next call to it.</summary>
public readonly ref struct SentPacket
{
    internal SentPacket(in RtpHeader header, ReadOnlySpan<byte> payload)
    {
        Header = header;
        Payload = payload;
    }

    /// <summary>The header it was first sent with.</summary>
    public RtpHeader Header { get; }

    /// <summary>The payload it was first sent with.</summary>
    public ReadOnlySpan<byte> Payload { get; }
}
