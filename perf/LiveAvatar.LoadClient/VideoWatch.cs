using System.Buffers.Binary;
using LiveAvatar.Media.Rtp;

namespace LiveAvatar.LoadClient;

/// <summary>Follows one VP8 stream as a decoder would, without decoding: which frames are whole and can be shown, and what is missing.</summary>
/// <remarks>A frame that needs one that never came cannot be shown, nor can those after it until a key frame.</remarks>
internal sealed class VideoWatch
{
    // A browser waits about this long for a retransmission before it gives a frame up.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(80);

    private readonly SequenceUnwrapper _unwrapper = new();
    private readonly SortedDictionary<long, Packet> _packets = []; // from _next on, as far as they have come
    private readonly Dictionary<long, (TimeSpan Since, TimeSpan Asked)> _missing = [];
    private long _next = -1; // the sequence the next frame to show begins with
    private long _highest = -1;
    private bool _needsKeyFrame = true;

    /// <summary>The stream's SSRC; 0 before the first packet.</summary>
    public uint Ssrc { get; private set; }

    /// <summary>When each frame became showable.</summary>
    public List<TimeSpan> Shown { get; } = [];

    /// <summary>Frames of the upper temporal layer among them.</summary>
    public int UpperLayer { get; private set; }

    /// <summary>Sequence numbers that had not come when a later one did.</summary>
    public long Lost { get; private set; }

    /// <summary>Times a frame was given up and a key frame waited for.</summary>
    public int GaveUp { get; private set; }

    /// <summary>Whether a key frame must be asked for.</summary>
    public bool NeedsKeyFrame => _needsKeyFrame && Ssrc != 0;

    /// <summary>Takes a packet of the stream itself.</summary>
    public void OnPacket(in RtpPacketView packet, TimeSpan now)
    {
        Ssrc = packet.Ssrc;
        Take(_unwrapper.Unwrap(packet.SequenceNumber), packet.Payload, packet.Marker, now);
    }

    /// <summary>Takes a retransmission (RFC 4588): the original's number, then its payload.</summary>
    public void OnRetransmission(in RtpPacketView packet, TimeSpan now)
    {
        if (packet.Payload.Length > 2 && Ssrc != 0)
        {
            Take(_unwrapper.Nearest(BinaryPrimitives.ReadUInt16BigEndian(packet.Payload)), packet.Payload[2..], packet.Marker, now);
        }
    }

    /// <summary>Which numbers to ask for now; gives up what has been missing for too long.</summary>
    public IReadOnlyList<ushort> Ask(TimeSpan now)
    {
        var asked = new List<ushort>();
        foreach (var (sequence, (since, last)) in _missing.ToArray())
        {
            if (now - since > Patience)
            {
                GiveUp();
                return [];
            }

            if (now - last >= AskAgain)
            {
                _missing[sequence] = (since, now);
                asked.Add((ushort)sequence);
            }
        }

        return asked;
    }

    private void Take(long sequence, ReadOnlySpan<byte> payload, bool marker, TimeSpan now)
    {
        _missing.Remove(sequence);
        if (!TryReadDescriptor(payload, out var packet) || sequence < _next)
        {
            return;
        }

        packet.Ends = marker;
        _packets[sequence] = packet;
        for (var gap = _highest + 1; _highest >= 0 && gap < sequence; gap++)
        {
            Lost++;
            _missing[gap] = (now, now - AskAgain);
        }

        _highest = Math.Max(_highest, sequence);
        Show(now);
    }

    private void Show(TimeSpan now)
    {
        if (_needsKeyFrame)
        {
            var key = _packets.FirstOrDefault(entry => entry.Value is { Begins: true, IsKey: true });
            if (key.Value.Begins)
            {
                _next = key.Key;
            }
        }

        while (_next >= 0 && TryFindEnd(out var end))
        {
            var first = _packets[_next];
            if (_needsKeyFrame && !first.IsKey)
            {
                return;
            }

            _needsKeyFrame = false;
            Shown.Add(now);
            UpperLayer += first.IsUpperLayer ? 1 : 0;
            for (var sequence = _next; sequence <= end; sequence++)
            {
                _packets.Remove(sequence);
            }

            _next = end + 1;
        }
    }

    private bool TryFindEnd(out long end)
    {
        for (end = _next; _packets.TryGetValue(end, out var packet); end++)
        {
            if (packet.Ends)
            {
                return true;
            }
        }

        return false;
    }

    private void GiveUp()
    {
        GaveUp++;
        _needsKeyFrame = true;
        _next = -1;
        _packets.Clear();
        _missing.Clear();
    }

    // RFC 7741 section 4.2: |X|R|N|S|R| PID |, then with X |I|L|T|K|, picture id of 1 or 2 bytes, TL0PICIDX, TID|Y|KEYIDX.
    private static bool TryReadDescriptor(ReadOnlySpan<byte> payload, out Packet packet)
    {
        packet = default;
        if (payload.Length < 2)
        {
            return false;
        }

        var at = 1;
        var layer = 0;
        if ((payload[0] & 0x80) != 0)
        {
            var flags = payload[at++];
            if ((flags & 0x80) != 0 && at < payload.Length)
            {
                at += (payload[at] & 0x80) != 0 ? 2 : 1;
            }

            at += (flags & 0x40) != 0 ? 1 : 0;
            if ((flags & 0x30) != 0 && at < payload.Length)
            {
                layer = payload[at++] >> 6;
            }
        }

        if (at >= payload.Length)
        {
            return false;
        }

        packet.Begins = (payload[0] & 0x17) == 0x10; // start of partition 0
        packet.IsKey = packet.Begins && (payload[at] & 1) == 0; // RFC 6386 section 9.1
        packet.IsUpperLayer = layer > 0;
        return true;
    }

    private struct Packet
    {
        public bool Begins;
        public bool IsKey;
        public bool IsUpperLayer;
        public bool Ends;
    }
}
