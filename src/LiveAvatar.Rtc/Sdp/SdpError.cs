namespace LiveAvatar.Rtc.Sdp;

/// <summary>What kept an offer from being answered.</summary>
public enum SdpErrorKind
{
    /// <summary>The text is not SDP (RFC 8866).</summary>
    Malformed,

    /// <summary>The text, or something it lists, is larger than any real client sends.</summary>
    TooLarge,

    /// <summary>No media section brings the audio the session needs.</summary>
    NoAudio,

    /// <summary>No media section can take what a viewer is sent.</summary>
    NoVideo,

    /// <summary>A section the session needs lists no codec that the server has.</summary>
    NoCommonCodec,

    /// <summary>Audio and video are not in one BUNDLE group (RFC 9143).</summary>
    NotBundled,

    /// <summary>A section wants a second port for RTCP (RFC 8834 requires rtcp-mux support).</summary>
    NoRtcpMux,

    /// <summary>No certificate fingerprint with a usable hash (RFC 8122).</summary>
    NoFingerprint,

    /// <summary>No usable ICE user name fragment and password (RFC 8839), or an ICE-lite offerer.</summary>
    NoIce,

    /// <summary>The DTLS role offered cannot be answered (RFC 8842).</summary>
    BadSetup,
}

/// <summary>Why an offer was refused, in words that tell its sender what to change.</summary>
/// <param name="Kind">The reason, for programs.</param>
/// <param name="Message">The reason and the remedy, for people; one or two sentences, no peer text longer than a token.</param>
public sealed record SdpError(SdpErrorKind Kind, string Message);
