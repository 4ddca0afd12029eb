namespace LiveAvatar.Rtc.Sdp;

/// <summary>One a=extmap line (RFC 8285 section 5).</summary>
/// <param name="Id">The local id, 1 to 14 in the one-byte form.</param>
/// <param name="Uri">What the extension is.</param>
/// <param name="Direction">The way it flows, seen from the offerer; sendrecv when the line has no suffix.</param>
public readonly record struct SdpExtension(int Id, string Uri, MediaDirection Direction);

/// <summary>The header extensions the server knows.</summary>
public static class SdpExtensionUri
{
    /// <summary>The media section's identification tag (RFC 9143).</summary>
    public const string Mid = "urn:ietf:params:rtp-hdrext:sdes:mid";

    /// <summary>When the packet left the sender.</summary>
    public const string AbsSendTime = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";

    /// <summary>Transport-wide sequence numbers (draft-holmer-rmcat-transport-wide-cc-extensions-01).</summary>
    public const string TransportSequence = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

    /// <summary>Bounds on the receiver's playout delay.</summary>
    public const string PlayoutDelay = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";

    /// <summary>When the content was captured.</summary>
    public const string AbsCaptureTime = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";
}
