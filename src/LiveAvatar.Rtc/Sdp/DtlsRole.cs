namespace LiveAvatar.Rtc.Sdp;

/// <summary>Which side of the DTLS handshake the server takes (RFC 8842).</summary>
public enum DtlsRole
{
    /// <summary>a=setup:passive: wait for the peer's ClientHello. The default.</summary>
    Server,

    /// <summary>a=setup:active: send the ClientHello once ICE has validated the peer's address.</summary>
    Client,
}

/// <summary>The a=setup value of an offer.</summary>
public enum DtlsSetup
{
    /// <summary>The offerer takes either role: what every WebRTC offer should say.</summary>
    ActPass,

    /// <summary>The offerer sends the ClientHello.</summary>
    Active,

    /// <summary>The offerer waits for the ClientHello.</summary>
    Passive,
}
