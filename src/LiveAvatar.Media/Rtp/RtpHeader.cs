namespace LiveAvatar.Media.Rtp;

/// <summary>The fixed fields of an RTP packet (RFC 3550 section 5.1).</summary>
/// <param name="PayloadType">0..127; 64..95 is left to RTCP (RFC 5761 section 4).</param>
/// <param name="Marker">Video: last packet of a frame. Audio: first packet of a talk spurt.</param>
/// <param name="SequenceNumber">Grows by one per packet of this SSRC.</param>
/// <param name="Timestamp">Media time in clock units, modulo 2^32.</param>
/// <param name="Ssrc">The stream.</param>
public readonly record struct RtpHeader(int PayloadType, bool Marker, ushort SequenceNumber, uint Timestamp, uint Ssrc);
