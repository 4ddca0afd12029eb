using LiveAvatar.Media.Rtcp;
using LiveAvatar.Media.Rtp;

namespace LiveAvatar.Media.Tests.Simulation;

/// <summary>The sending side put together as the transport does it: packetiser, pacer, history, retransmissions.</summary>
public sealed class VideoSender(LossyLink link, TimeSpan roundTrip)
{
    public const uint Ssrc = 1;
    public const uint RtxSsrc = 2;
    public const int PayloadType = 96;
    public const int RtxPayloadType = 97;

    public const ushort FirstSequence = 65_000; // wraps in the run

    private readonly Vp8Packetizer _packetizer = new(firstPictureId: 32_000); // likewise
    private readonly Pacer<byte[]> _pacer = new(1_000_000);
    private readonly SendHistory _history = new();
    private readonly RtxWriter _rtx = new(RtxSsrc, RtxPayloadType, firstSequence: 65_500);
    private ushort _sequence = FirstSequence;

    public long PacketCount { get; private set; }

    public long ResendCount { get; private set; }

    public long UnknownCount => _history.UnknownCount;

    public long OverflowCount => _pacer.OverflowCount;

    public TimeSpan? NextDeadline(TimeSpan now) => _pacer.NextDeadline(now);

    public void SendFrame(byte[] frame, uint timestamp, bool key, TimeSpan now)
    {
        var fragments = _packetizer.Start(frame);
        var payload = new byte[RtpLimits.MaxPayload];
        while (fragments.TryNext(payload, out var length, out var last))
        {
            var packet = new byte[RtpLimits.MaxPacket];
            var header = new RtpHeader(PayloadType, last, _sequence++, timestamp, Ssrc);
            var headerLength = RtpPacketWriter.WriteHeader(packet, header, default, default);
            payload.AsSpan(0, length).CopyTo(packet.AsSpan(headerLength));
            _history.Add(header, payload.AsSpan(0, length), now);
            _pacer.Enqueue(packet[..(headerLength + length)], headerLength + length, key ? PacketUrgency.Key : PacketUrgency.Delta, now);
            PacketCount++;
        }
    }

    public void OnRtcp(byte[] datagram, TimeSpan now)
    {
        var reader = new RtcpReader(datagram);
        while (reader.TryRead(out var report))
        {
            foreach (var sequence in report.NackedSequences)
            {
                if (_history.TryGet(sequence, now, roundTrip, out var sent))
                {
                    var packet = new byte[RtpLimits.MaxPacket];
                    var length = _rtx.Write(packet, sent, default, default, out _);
                    _pacer.Enqueue(packet[..length], length, PacketUrgency.Resend, now);
                    ResendCount++;
                }
            }
        }
    }

    public void Pump(TimeSpan now)
    {
        while (_pacer.TryDequeue(now, out var packet))
        {
            link.Send(packet, now);
        }
    }
}
