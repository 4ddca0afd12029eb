using System.Buffers.Binary;
using LiveAvatar.Media.Rtp;

namespace LiveAvatar.LoadClient;

/// <summary>Reports when packets arrived by their transport-wide numbers (draft-holmer-rmcat-transport-wide-cc-extensions-01).</summary>
/// <remarks>Two-bit statuses, seven to a chunk, and every delta in its 16-bit form: larger than a browser's, and simple.</remarks>
internal sealed class TransportFeedbackWriter(uint senderSsrc)
{
    public const int MaxLength = 20 + (2 * ((MaxPackets / 7) + 1)) + (2 * MaxPackets) + 2;

    private const int MaxPackets = 200;
    private const double ReferenceMs = 64;
    private const double DeltasPerMs = 4;

    private readonly SequenceUnwrapper _unwrapper = new();
    private readonly double[] _arrivals = new double[MaxPackets]; // ms; NaN has not come
    private long _first = -1;
    private int _count;
    private byte _reports;

    /// <summary>Takes note of a packet.</summary>
    public void OnPacket(ushort number, TimeSpan arrived)
    {
        var place = _unwrapper.Unwrap(number);
        if (_first < 0)
        {
            _first = place;
        }

        var index = place - _first;
        if (index is < 0 or >= MaxPackets)
        {
            return; // reported already, or more than a report holds: the next one says it was lost
        }

        while (_count <= index)
        {
            _arrivals[_count++] = double.NaN;
        }

        _arrivals[index] = arrived.TotalMilliseconds;
    }

    /// <summary>Writes what came since the last report; 0 when nothing did.</summary>
    public int Write(Span<byte> packet, uint mediaSsrc)
    {
        var present = _arrivals.AsSpan(0, _count);
        var firstArrival = double.NaN;
        foreach (var arrival in present)
        {
            firstArrival = double.IsNaN(firstArrival) ? arrival : firstArrival;
        }

        if (double.IsNaN(firstArrival))
        {
            return 0;
        }

        packet[0] = 0x8F;
        packet[1] = 205;
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], senderSsrc);
        BinaryPrimitives.WriteUInt32BigEndian(packet[8..], mediaSsrc);
        BinaryPrimitives.WriteUInt16BigEndian(packet[12..], (ushort)_first);
        BinaryPrimitives.WriteUInt16BigEndian(packet[14..], (ushort)_count);
        var reference = (int)(firstArrival / ReferenceMs);
        BinaryPrimitives.WriteUInt32BigEndian(packet[16..], ((uint)reference << 8) | _reports++);
        var at = 20;
        for (var start = 0; start < _count; start += 7)
        {
            var chunk = 0xC000;
            for (var i = 0; i < 7 && start + i < _count; i++)
            {
                chunk |= double.IsNaN(present[start + i]) ? 0 : 2 << (12 - (2 * i));
            }

            BinaryPrimitives.WriteUInt16BigEndian(packet[at..], (ushort)chunk);
            at += 2;
        }

        var before = reference * ReferenceMs;
        foreach (var arrival in present)
        {
            if (!double.IsNaN(arrival))
            {
                var delta = (short)Math.Clamp(Math.Round((arrival - before) * DeltasPerMs), short.MinValue, short.MaxValue);
                before += delta / DeltasPerMs;
                BinaryPrimitives.WriteInt16BigEndian(packet[at..], delta);
                at += 2;
            }
        }

        for (; at % 4 != 0; at++)
        {
            packet[at] = 0;
        }

        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)((at / 4) - 1));
        _first += _count;
        _count = 0;
        return at;
    }
}
