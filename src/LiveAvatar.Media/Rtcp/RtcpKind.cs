namespace LiveAvatar.Media.Rtcp;

/// <summary>What an RTCP packet is, by its type and, for feedback, its format.</summary>
public enum RtcpKind
{
    /// <summary>A type or format this side has no use for: SDES, APP, XR, and anything unknown.</summary>
    Other,

    /// <summary>Type 200 (RFC 3550 section 6.4.1).</summary>
    SenderReport,

    /// <summary>Type 201 (RFC 3550 section 6.4.2).</summary>
    ReceiverReport,

    /// <summary>Type 203 (RFC 3550 section 6.6).</summary>
    Bye,

    /// <summary>Type 205, format 1: generic NACK (RFC 4585 section 6.2.1).</summary>
    Nack,

    /// <summary>Type 205, format 15 (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1).</summary>
    TransportFeedback,

    /// <summary>Type 206, format 1: picture loss indication (RFC 4585 section 6.3.1).</summary>
    PictureLoss,

    /// <summary>Type 206, format 4: full intra request (RFC 5104 section 4.3.1).</summary>
    FullIntraRequest,

    /// <summary>Type 206, format 15 with the name "REMB" (draft-alvestrand-rmcat-remb-03).</summary>
    ReceiverBandwidth,
}
