namespace LiveAvatar.Media.Rtp;

/// <summary>How urgent a packet is to the <see cref="Pacer{T}"/>.</summary>
public enum PacketUrgency
{
    /// <summary>Voice: overtakes everything and never waits.</summary>
    Audio,

    /// <summary>A retransmission: overtakes video, but is spread, since a NACK can ask for hundreds.</summary>
    Resend,

    /// <summary>Part of a delta frame: leaves at once unless a key frame before it is still being spread.</summary>
    Delta,

    /// <summary>Part of a key frame: spread over time, since it can be twenty deltas long.</summary>
    Key,
}
