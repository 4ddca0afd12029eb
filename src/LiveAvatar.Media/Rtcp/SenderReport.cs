namespace LiveAvatar.Media.Rtcp;

/// <summary>What a stream's sender says about it (RFC 3550 section 6.4.1).</summary>
/// <param name="Ssrc">The sender's stream.</param>
/// <param name="Ntp">The sender's wall clock when it sent this.</param>
/// <param name="RtpTimestamp">The same instant on the stream's RTP clock.</param>
/// <param name="PacketCount">Packets sent so far, modulo 2^32.</param>
/// <param name="OctetCount">Payload bytes sent so far, modulo 2^32.</param>
public readonly record struct SenderReport(uint Ssrc, ulong Ntp, uint RtpTimestamp, uint PacketCount, uint OctetCount);
