namespace LiveAvatar.Rtc.Sdp;

/// <summary>One m= section of an offer, with the session-level defaults already applied.</summary>
public sealed class MediaSection
{
    /// <summary>Audio, video or something the server rejects.</summary>
    public required MediaKind Kind { get; init; }

    /// <summary>The m= line's media word ("audio", "video", "application" …), echoed in the answer.</summary>
    public required string Media { get; init; }

    /// <summary>The m= line's transport, echoed in the answer.</summary>
    public required string Protocol { get; init; }

    /// <summary>The m= line's first format, echoed when the section is rejected.</summary>
    public required string FirstFormat { get; init; }

    /// <summary>True when the offerer itself turned the section off (port 0 and not bundle-only).</summary>
    public required bool Rejected { get; init; }

    /// <summary>a=mid; empty when absent.</summary>
    public required string Mid { get; init; }

    /// <summary>The offerer's direction.</summary>
    public required MediaDirection Direction { get; init; }

    /// <summary>a=ice-ufrag; empty when absent.</summary>
    public required string IceUfrag { get; init; }

    /// <summary>a=ice-pwd; empty when absent.</summary>
    public required string IcePwd { get; init; }

    /// <summary>The strongest usable a=fingerprint; null when there is none.</summary>
    public required CertificateFingerprint? Fingerprint { get; init; }

    /// <summary>a=setup; actpass when absent.</summary>
    public required DtlsSetup Setup { get; init; }

    /// <summary>a=rtcp-mux was offered.</summary>
    public required bool RtcpMux { get; init; }

    /// <summary>The codecs in the offerer's order of preference.</summary>
    public required IReadOnlyList<SdpCodec> Codecs { get; init; }

    /// <summary>The header extensions offered.</summary>
    public required IReadOnlyList<SdpExtension> Extensions { get; init; }

    /// <summary>The SSRCs the offerer announces for what it sends, in order of appearance.</summary>
    public required IReadOnlyList<uint> Ssrcs { get; init; }
}
