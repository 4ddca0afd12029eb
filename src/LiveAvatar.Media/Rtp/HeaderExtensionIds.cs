namespace LiveAvatar.Media.Rtp;

/// <summary>The header extension ids one m-section negotiated (RFC 8285 section 6); 0 = not negotiated.</summary>
/// <remarks>Ids 1..14 use the one-byte form; if any is above, the two-byte form is written for all.</remarks>
/// <param name="Mid">urn:ietf:params:rtp-hdrext:sdes:mid (RFC 9143 section 15.1).</param>
/// <param name="AbsSendTime">http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time.</param>
/// <param name="TransportSequence">http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01.</param>
/// <param name="PlayoutDelay">http://www.webrtc.org/experiments/rtp-hdrext/playout-delay.</param>
/// <param name="AbsCaptureTime">http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time.</param>
public readonly record struct HeaderExtensionIds(int Mid, int AbsSendTime, int TransportSequence, int PlayoutDelay, int AbsCaptureTime)
{
    internal bool NeedsTwoByteForm =>
        Mid > 14 || AbsSendTime > 14 || TransportSequence > 14 || PlayoutDelay > 14 || AbsCaptureTime > 14;
}
