using System.Text;
using LiveAvatar.Media.Rtp;
using LiveAvatar.Media.Timing;
using LiveAvatar.Rtc.Sdp;

namespace LiveAvatar.Rtc.Session;

/// <summary>Sends Opus packets to the peer, each at once.</summary>
/// <remarks>Called under the send lock.</remarks>
internal sealed class AudioStream(NegotiatedSession session, uint ssrc, SecureSender sender)
{
    private readonly OutgoingPacket _packet = new();
    private readonly HeaderExtensionIds _extensions = session.AudioExtensions;
    private readonly int _payloadType = session.AudioPayloadType;
    private readonly byte[] _mid = Encoding.ASCII.GetBytes(session.AudioMid);

    public StreamCounters Counters { get; } = new(ssrc, RtpClock.Opus);

    /// <summary>Sends one packet; one that is too long for a datagram is dropped, which no Opus rate in use comes near.</summary>
    public void Send(ReadOnlySpan<byte> opus, long timestamp, bool marker, ulong captureNtp, long? captureClockOffset, TimeSpan now)
    {
        if (opus.Length > RtpLimits.MaxPayload)
        {
            return;
        }

        var header = new RtpHeader(_payloadType, marker, Counters.TakeSequence(), Counters.ToWire(timestamp), ssrc);
        var values = new HeaderExtensionValues
        {
            Mid = _mid,
            AbsCaptureTimeNtp = captureNtp == 0 ? null : captureNtp,
            CaptureClockOffset = captureNtp == 0 ? null : captureClockOffset,
        };
        var headerLength = RtpPacketWriter.WriteHeader(_packet.Bytes, header, _extensions, values, out var stamps);
        opus.CopyTo(_packet.Bytes.AsSpan(headerLength));
        _packet.Stamps = stamps;
        _packet.Length = headerLength + opus.Length;
        if (sender.Send(_packet, now) > 0)
        {
            Counters.OnSent(opus.Length);
        }
    }
}
