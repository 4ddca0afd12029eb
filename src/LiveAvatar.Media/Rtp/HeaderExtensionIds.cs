namespace LiveAvatar.Media.Rtp;

/// <summary>The RTP header extension ids one stream negotiated (RFC 8285); 0 means the extension is not used.</summary>
/// <param name="Mid">The media section's identification tag (RFC 9143 section 15).</param>
/// <param name="AbsSendTime">Absolute send time, 24-bit 6.18 fixed-point seconds.</param>
/// <param name="TransportSequence">The transport-wide sequence number of congestion control feedback.</param>
/// <param name="PlayoutDelay">The minimum and maximum delay the receiver should play with, in units of 10 ms.</param>
/// <param name="AbsCaptureTime">The NTP time at which the first sample or the frame was captured.</param>
public readonly record struct HeaderExtensionIds(
    int Mid, int AbsSendTime, int TransportSequence, int PlayoutDelay, int AbsCaptureTime);
