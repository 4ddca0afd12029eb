using LiveAvatar.Media.Rtp;
using LiveAvatar.Rtc.Srtp;
using LiveAvatar.StageBench.Input;

namespace LiveAvatar.StageBench.Stages;

/// <summary>Step 2: a voice packet from the network is unprotected in place, parsed, and its numbers unwrapped.</summary>
internal sealed class SrtpReceive(Speech speech) : Stage
{
    private const int PayloadType = 111;
    private const int Room = 1500;
    private static readonly HeaderExtensionIds Ids = new(Mid: 4, AbsSendTime: 2, TransportSequence: 3, PlayoutDelay: 0, AbsCaptureTime: 5); // Chromium's
    private static readonly HeaderExtensionValues Values = new() { Mid = "0"u8.ToArray(), AbsCaptureTimeNtp = 1UL << 62 };

    private readonly SrtpEnds _ends = new();
    private readonly SequenceUnwrapper _sequences = new();
    private readonly TimestampUnwrapper _timestamps = new();
    private readonly byte[] _datagrams = new byte[Packets * Room];
    private readonly int[] _lengths = new int[Packets];
    private long _sent;
    private int _next = Packets;
    private int _plain;
    private long _sequence;
    private long _timestamp;
    private bool _hasCaptureTime;

    private const int Packets = 512;

    internal override string Name => "srtp_receive";

    internal override string Title => "unprotect and parse a voice packet";

    internal override TimeSpan Budget => TimeSpan.FromMicroseconds(20);

    internal override int Batch => Packets;

    // A packet is taken in once: the next time it is a replay. So each batch is of new ones.
    internal override void Prepare()
    {
        for (var i = 0; i < Packets; i++, _sent++)
        {
            var datagram = _datagrams.AsSpan(i * Room, Room);
            var header = new RtpHeader(PayloadType, Marker: false, (ushort)_sent, (uint)(_sent * Speech.Block), Ssrc: 7);
            var length = RtpPacketWriter.WriteHeader(datagram, header, Ids, Values);
            var payload = speech.Packets[_sent % speech.Packets.Length];
            payload.CopyTo(datagram[length..]);
            _lengths[i] = _ends.PeerOut.ProtectRtp(datagram, length + payload.Length);
        }

        _next = 0;
    }

    internal override void Step()
    {
        if (_next == Packets)
        {
            Prepare(); // only where BenchmarkDotNet warms up
        }

        var datagram = _datagrams.AsSpan(_next * Room, _lengths[_next]);
        _next++;
        if (_ends.ServerIn.UnprotectRtp(datagram, out _plain) != SrtpResult.Ok || !RtpPacketView.TryParse(datagram[.._plain], out var packet))
        {
            throw new StageException("srtp_receive: a packet was refused.");
        }

        _sequence = _sequences.Unwrap(packet.SequenceNumber);
        _timestamp = _timestamps.Unwrap(packet.Timestamp);
        _hasCaptureTime = packet.TryGetExtension(Ids.AbsCaptureTime, out _);
    }

    internal override void Check()
    {
        Prepare();
        for (var i = 0; i < Packets; i++)
        {
            var protectedBytes = _datagrams.AsSpan(i * Room, _lengths[i]).ToArray();
            if (i == 0)
            {
                byte[] changed = [.. protectedBytes];
                changed[^1] ^= 1;
                Require(_ends.ServerIn.UnprotectRtp(changed, out _) == SrtpResult.NotAuthentic, "a changed packet was let in");
            }

            Step();
            Require(RtpPacketView.TryParse(_datagrams.AsSpan(i * Room, _plain), out var packet), "a plain packet does not parse");
            Require(packet.Payload.SequenceEqual(speech.Packets[i % speech.Packets.Length]), "a payload changed on the way");
            Require(_sequence == i && _timestamp == i * Speech.Block && _hasCaptureTime, "a header changed on the way");
            Require(_ends.ServerIn.UnprotectRtp(protectedBytes, out _) == SrtpResult.Replayed, "a packet was let in twice");
        }
    }

    protected override void Release() => _ends.Dispose();
}
