namespace LiveAvatar.Media.Rtp;

/// <summary>Sizes that keep a protected packet within every path.</summary>
public static class RtpLimits
{
    /// <summary>Payload bytes of one packet: IPv6's minimum MTU 1280, less IPv6 40, UDP 8, RTP header with extensions 64, RTX 2, SRTP tag 16.</summary>
    public const int MaxPayload = 1280 - 40 - 8 - RtpPacketWriter.MaxHeaderLength - RtxWriter.OriginalSequenceLength - 16;

    /// <summary>Bytes a buffer needs for any packet of ours, protected.</summary>
    public const int MaxPacket = 1280 - 40 - 8;
}
