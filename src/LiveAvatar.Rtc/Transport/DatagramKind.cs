namespace LiveAvatar.Rtc.Transport;

/// <summary>The protocol of a datagram, told by its first byte.</summary>
internal enum DatagramKind
{
    Unknown,
    Stun,
    Dtls,
    Rtp,
    Rtcp,
}

/// <summary>Sorts datagrams of the one port by protocol (RFC 7983 section 7, RFC 5761 section 4).</summary>
internal static class DatagramClassifier
{
    //              +----------------+
    //              |        [0..3] -+--> STUN
    //              |      [16..19] -+--> ZRTP          (not spoken here: unknown)
    //  packet -->  |      [20..63] -+--> DTLS
    //              |      [64..79] -+--> TURN channel  (not spoken here: unknown)
    //              |    [128..191] -+--> RTP/RTCP      (RTCP when the second byte is 192..223)
    //              +----------------+

    /// <summary>The kind of a datagram; one too short for its protocol's header is unknown.</summary>
    public static DatagramKind Classify(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < 8)
        {
            return DatagramKind.Unknown;
        }

        return datagram[0] switch
        {
            <= 3 when datagram.Length >= 20 => DatagramKind.Stun,
            >= 20 and <= 63 when datagram.Length >= 13 => DatagramKind.Dtls,
            >= 128 and <= 191 when datagram[1] is >= 192 and <= 223 => DatagramKind.Rtcp,
            >= 128 and <= 191 when datagram.Length >= 12 => DatagramKind.Rtp,
            _ => DatagramKind.Unknown,
        };
    }
}
