namespace LiveAvatar.Rtc;

/// <summary>Why a peer's session ended, and on whose side the cause lies.</summary>
public enum SessionEndReason
{
    /// <summary>We closed it.</summary>
    LocalClose,

    /// <summary>The peer said goodbye: RTCP BYE or DTLS close_notify.</summary>
    PeerClosed,

    /// <summary>Nothing authentic came from the peer for too long: its consent to receive is void (RFC 7675).</summary>
    PeerTimedOut,

    /// <summary>No valid connectivity check ever came: the peer cannot reach the port, or never tried.</summary>
    IceFailed,

    /// <summary>The DTLS handshake failed, took too long, or agreed on no SRTP profile.</summary>
    DtlsFailed,

    /// <summary>The peer's certificate is not the one its signalling promised.</summary>
    FingerprintMismatch,

    /// <summary>The server is stopping.</summary>
    ServerShutdown,

    /// <summary>Handling the peer's media failed on our side; the log has the details.</summary>
    MediaFailed,

    /// <summary>Nobody used the session for as long as it may wait.</summary>
    IdleTimedOut,
}

/// <summary>How far a peer's connection is.</summary>
public enum PeerState
{
    /// <summary>Waiting for the first valid connectivity check.</summary>
    New,

    /// <summary>A path is validated; DTLS is under way.</summary>
    Connecting,

    /// <summary>Media flows.</summary>
    Connected,

    /// <summary>Over; everything native is freed.</summary>
    Closed,
}
