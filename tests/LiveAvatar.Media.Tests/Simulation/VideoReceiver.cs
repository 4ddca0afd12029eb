using System.Buffers.Binary;
using LiveAvatar.Media.Rtp;

namespace LiveAvatar.Media.Tests.Simulation;

/// <summary>A browser's side: asks at once for what is missing, again each round trip, and puts frames together.</summary>
/// <remarks>Written from RFC 4585, RFC 4588 and RFC 7741 apart from the code under test, which it only uses to read RTP headers.</remarks>
public sealed class VideoReceiver
{
    private const int MaxRequests = 10; // as libwebrtc gives up

    private readonly LossyLink _feedback;
    private readonly TimeSpan _retry;
    private readonly SequenceUnwrapper _unwrapper = new();
    private readonly Dictionary<long, (byte[] Payload, bool Marker)> _packets = [];
    private readonly SortedDictionary<long, (TimeSpan Seen, TimeSpan Asked, int Requests)> _missing = [];
    private long _highest;
    private long _next;
    private List<byte> _frame = [];

    /// <param name="feedback">The way back to the sender.</param>
    /// <param name="retry">How long after a request it is made again.</param>
    /// <param name="firstSequence">Where the stream begins: its first packet too can be lost.</param>
    public VideoReceiver(LossyLink feedback, TimeSpan retry, ushort firstSequence)
    {
        _feedback = feedback;
        _retry = retry;
        _next = firstSequence;
        _highest = _unwrapper.Unwrap((ushort)(firstSequence - 1));
    }

    public List<byte[]> Frames { get; } = [];

    public List<TimeSpan> RepairTimes { get; } = [];

    public void OnRtp(byte[] datagram, TimeSpan now)
    {
        Assert.True(RtpPacketView.TryParse(datagram, out var packet));
        var payload = packet.Payload;
        var wire = packet.SequenceNumber;
        if (packet.Ssrc == VideoSender.RtxSsrc)
        {
            Assert.Equal(VideoSender.RtxPayloadType, packet.PayloadType);
            wire = BinaryPrimitives.ReadUInt16BigEndian(payload);
            payload = payload[2..];
        }

        var sequence = _unwrapper.Nearest(wire);
        for (; _highest < sequence; _highest++)
        {
            _missing[_highest + 1] = (now, default, 0);
            _unwrapper.Unwrap((ushort)(_highest + 1));
        }

        if (_missing.Remove(sequence, out var gap) && gap.Requests > 0)
        {
            RepairTimes.Add(now - gap.Seen);
        }

        if (sequence >= _next)
        {
            _packets.TryAdd(sequence, (payload.ToArray(), packet.Marker));
        }

        Assemble();
        Ask(now);
    }

    public void Ask(TimeSpan now)
    {
        foreach (var (sequence, gap) in _missing.ToArray())
        {
            if (gap.Requests < MaxRequests && (gap.Requests == 0 || now - gap.Asked >= _retry))
            {
                // One entry of a generic NACK: packet id and an empty mask.
                var nack = new byte[] { 0x81, 205, 0, 3, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 0 };
                BinaryPrimitives.WriteUInt16BigEndian(nack.AsSpan(12), (ushort)sequence);
                _feedback.Send(nack, now);
                _missing[sequence] = (gap.Seen, now, gap.Requests + 1);
            }
        }
    }

    private void Assemble()
    {
        while (_packets.Remove(_next, out var packet))
        {
            _next++;
            Assert.Equal(_frame.Count == 0, (packet.Payload[0] & 0x10) != 0); // S marks the first packet of a frame
            _frame.AddRange(packet.Payload[4..]);
            if (packet.Marker)
            {
                Frames.Add([.. _frame]);
                _frame = [];
            }
        }
    }
}
