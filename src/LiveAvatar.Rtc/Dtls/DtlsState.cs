namespace LiveAvatar.Rtc.Dtls;

/// <summary>How far a DTLS connection is.</summary>
internal enum DtlsState
{
    /// <summary>The handshake is under way.</summary>
    Handshaking,

    /// <summary>Keys are agreed; the peer's certificate is not judged yet.</summary>
    Connected,

    /// <summary>The peer ended the connection with close_notify.</summary>
    Closed,

    /// <summary>The handshake failed, or the peer sent a fatal alert.</summary>
    Failed,
}
