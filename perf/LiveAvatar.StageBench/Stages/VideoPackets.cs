using LiveAvatar.Media.Rtp;
using LiveAvatar.Rtc.Session;
using LiveAvatar.Rtc.Srtp;
using LiveAvatar.StageBench.Input;

namespace LiveAvatar.StageBench.Stages;

/// <summary>The first half of step 11: a VP8 frame becomes protected RTP packets, each written once and encrypted in its place.</summary>
internal sealed class VideoPackets(Presenter presenter) : Stage
{
    private const int PayloadType = 96;
    private const int DescriptorLength = 4; // without layers
    private static readonly HeaderExtensionIds Ids = new(Mid: 4, AbsSendTime: 2, TransportSequence: 3, PlayoutDelay: 5, AbsCaptureTime: 6);
    private static readonly HeaderExtensionValues Values = new()
    {
        Mid = "1"u8.ToArray(), PlayoutDelay = default(PlayoutDelay), AbsCaptureTimeNtp = 1UL << 62, CaptureClockOffset = 1,
    };

    private readonly SrtpEnds _ends = new();
    private readonly Vp8Packetizer _packetizer = new();
    private readonly List<OutgoingPacket> _packets = [];
    private int _used;
    private int _frame;
    private ushort _sequence;

    internal override string Name => "vp8_packets";

    internal override string Title => "packetise and protect one VP8 frame";

    internal override TimeSpan Budget => TimeSpan.FromMicroseconds(500);

    internal override int Batch => 50;

    internal override void Step()
    {
        _used = 0;
        var header = new RtpHeader(PayloadType, Marker: false, 0, (uint)_frame * 3600, Ssrc: 9);
        var fragments = _packetizer.Start(presenter.Frames[_frame]);
        for (var packet = Begin(header); fragments.TryNext(packet.Room, out var length, out var last); packet = Begin(header))
        {
            packet.Number(_sequence, last);
            packet.Stamps.StampTransportSequence(packet.Bytes, _sequence);
            packet.Stamps.StampAbsSendTime(packet.Bytes, 1UL << 62);
            packet.Length = _ends.ServerOut.ProtectRtp(packet.Bytes, packet.HeaderLength + length);
            _sequence++;
            _used++;
        }

        _frame = _frame + 1 == presenter.Frames.Length ? 0 : _frame + 1;
    }

    internal override void Check()
    {
        ushort expected = 0;
        foreach (var frame in presenter.Frames)
        {
            Step();
            var whole = new List<byte>();
            for (var i = 0; i < _used; i++, expected++)
            {
                byte[] datagram = [.. _packets[i].Bytes.AsSpan(0, _packets[i].Length)];
                Require(datagram.Length <= RtpLimits.MaxPacket, "a packet is too long for the path");
                Require(_ends.PeerIn.UnprotectRtp(datagram, out var length) == SrtpResult.Ok, "a packet does not open");
                Require(RtpPacketView.TryParse(datagram.AsSpan(0, length), out var packet), "a packet does not parse");
                Require(packet.SequenceNumber == expected && packet.Marker == (i == _used - 1), "a number or a marker is wrong");
                whole.AddRange(packet.Payload[DescriptorLength..]);
            }

            Require(whole.SequenceEqual(frame), "the packets do not add up to the frame");
        }
    }

    protected override void Release() => _ends.Dispose();

    private OutgoingPacket Begin(in RtpHeader header)
    {
        if (_used == _packets.Count)
        {
            _packets.Add(new OutgoingPacket());
        }

        var packet = _packets[_used];
        packet.HeaderLength = RtpPacketWriter.WriteHeader(packet.Bytes, header, Ids, Values, out var stamps);
        packet.Header = header;
        packet.Stamps = stamps;
        return packet;
    }
}
