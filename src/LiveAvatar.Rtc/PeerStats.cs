namespace LiveAvatar.Rtc;

/// <summary>Counters of one peer since its start; each a snapshot, not all taken at the same instant.</summary>
public readonly record struct PeerStats
{
    /// <summary>RTP packets sent, retransmissions included.</summary>
    public long PacketsSent { get; init; }

    /// <summary>Bytes of protected RTP sent, without UDP and IP headers.</summary>
    public long BytesSent { get; init; }

    /// <summary>RTP packets of the peer's audio that were authentic.</summary>
    public long PacketsReceived { get; init; }

    /// <summary>Bytes of protected RTP received.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Packets of the peer's audio that never came.</summary>
    public long PacketsLostInbound { get; init; }

    /// <summary>Interarrival jitter of the peer's audio.</summary>
    public TimeSpan JitterInbound { get; init; }

    /// <summary>Media packets refused: not authentic, replayed, malformed or of an unknown stream.</summary>
    public long PacketsRefused { get; init; }

    /// <summary>Sequence numbers the peer asked for again.</summary>
    public long NackedPackets { get; init; }

    /// <summary>Packets sent again.</summary>
    public long Retransmissions { get; init; }

    /// <summary>Key frames asked for by PLI or FIR.</summary>
    public long KeyFrameRequests { get; init; }

    /// <summary>Video packets lost before the network: the pacer was full.</summary>
    public long PacerDrops { get; init; }

    /// <summary>Frames above the base layer left out for want of bandwidth.</summary>
    public long LayerDrops { get; init; }

    /// <summary>What the path bears, bits per second; see <see cref="PeerConnection.TargetBitrate"/>.</summary>
    public int TargetBitrate { get; init; }

    /// <summary>Share of video lost on the way to the peer in its latest report, 0 to 1.</summary>
    public double LossOutbound { get; init; }

    /// <summary>Jitter of our video at the peer in its latest report.</summary>
    public TimeSpan JitterOutbound { get; init; }

    /// <summary>Jitter of our audio at the peer in its latest report.</summary>
    public TimeSpan AudioJitterOutbound { get; init; }

    /// <summary>Smoothed round-trip time; null before the first report.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>The peer's own bandwidth estimate (REMB), bits per second; 0 = none.</summary>
    public long ReceiverBandwidth { get; init; }

    /// <summary>Transport-wide feedback packets read.</summary>
    public long TransportFeedbacks { get; init; }

    /// <summary>Packets that transport-wide feedback said have arrived.</summary>
    public long TransportPacketsReceived { get; init; }

    /// <summary>Packets that transport-wide feedback said were missing when it was made.</summary>
    public long TransportPacketsLost { get; init; }

    /// <summary>Valid connectivity checks.</summary>
    public long Checks { get; init; }

    /// <summary>Times the chosen path has changed after the first.</summary>
    public long PathChanges { get; init; }

    /// <summary>"DTLSv1.2 ECDHE-…, AeadAes128Gcm"; empty before the handshake.</summary>
    public string Security { get; init; }
}
