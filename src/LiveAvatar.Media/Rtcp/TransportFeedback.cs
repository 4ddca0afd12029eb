using System.Buffers.Binary;

namespace LiveAvatar.Media.Rtcp;

/// <summary>Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1).</summary>
/// <remarks>
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +---------------------------------------------------------------+
/// |                     SSRC of packet sender                     |  0
/// +---------------------------------------------------------------+
/// |                      SSRC of media source                     |  4
/// +-------------------------------+-------------------------------+
/// |      base sequence number     |      packet status count      |  8
/// +-----------------------------------------------+---------------+
/// |         reference time / 64 ms, signed        | feedback count| 12
/// +-----------------------------------------------+---------------+
/// | packet chunks, 16 bits each   0 SS RRRRRRRRRRRRR   run of one status
/// |                               1 0 SSSSSSSSSSSSSS   14 one-bit statuses
/// |                               1 1 SS SS SS SS SS SS SS   7 two-bit statuses
/// +---------------------------------------------------------------+
/// | receive deltas: 8 bits (status 1) or signed 16 bits (status 2), in 250 us
/// +---------------------------------------------------------------+
/// </code>
/// </remarks>
/// <param name="BaseSequence">The first packet told about.</param>
/// <param name="Count">How many entries were written.</param>
/// <param name="FeedbackCount">Counts feedback packets, modulo 256; a gap is lost feedback.</param>
public readonly record struct TransportFeedback(ushort BaseSequence, int Count, byte FeedbackCount)
{
    internal const int ChunksStart = 16;

    private static readonly TimeSpan ReferenceStep = TimeSpan.FromMilliseconds(64);
    private static readonly TimeSpan DeltaStep = TimeSpan.FromMicroseconds(250);

    /// <summary>Writes one entry per packet told about, in order of sequence, received or not.</summary>
    /// <remarks>Packets beyond the span's length are left out. False, and nothing to be used, if chunks or deltas are missing or reserved.</remarks>
    public static bool TryRead(in RtcpPacketView packet, Span<TransportFeedbackEntry> entries, out TransportFeedback feedback)
    {
        feedback = default;
        var body = packet.Body;
        if (packet.Kind != RtcpKind.TransportFeedback
            || !TryFindDeltas(body, out var deltas))
        {
            return false;
        }

        var sequence = BinaryPrimitives.ReadUInt16BigEndian(body[8..]);
        var count = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(body[10..]), entries.Length);
        var arrival = ((BinaryPrimitives.ReadInt32BigEndian(body[12..]) >> 8) * ReferenceStep);
        var chunks = body[ChunksStart..];
        var written = 0;
        while (written < count)
        {
            var chunk = BinaryPrimitives.ReadUInt16BigEndian(chunks);
            chunks = chunks[2..];
            var symbols = Math.Min(SymbolCount(chunk), count - written);
            for (var i = 0; i < symbols; i++)
            {
                var status = Symbol(chunk, i);
                if (status == 3 || deltas.Length < status)
                {
                    return false;
                }

                arrival += status switch
                {
                    1 => deltas[0] * DeltaStep,
                    2 => BinaryPrimitives.ReadInt16BigEndian(deltas) * DeltaStep,
                    _ => TimeSpan.Zero,
                };
                deltas = deltas[status..]; // a delta has as many bytes as its status says
                entries[written] = new TransportFeedbackEntry((ushort)(sequence + written), status != 0, status != 0 ? arrival : default);
                written++;
            }
        }

        feedback = new TransportFeedback(sequence, written, body[15]);
        return true;
    }

    // The deltas start where the chunks have covered the promised number of packets.
    private static bool TryFindDeltas(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> deltas)
    {
        deltas = body[ChunksStart..];
        for (int left = BinaryPrimitives.ReadUInt16BigEndian(body[10..]); left > 0;)
        {
            if (deltas.Length < 2)
            {
                return false;
            }

            left -= SymbolCount(BinaryPrimitives.ReadUInt16BigEndian(deltas));
            deltas = deltas[2..];
        }

        return true;
    }

    private static int SymbolCount(ushort chunk) => (chunk >> 14) switch
    {
        2 => 14,
        3 => 7,
        _ => chunk & 0x1FFF,
    };

    private static int Symbol(ushort chunk, int index) => (chunk >> 14) switch
    {
        2 => (chunk >> (13 - index)) & 1,
        3 => (chunk >> (12 - (2 * index))) & 3,
        _ => (chunk >> 13) & 3,
    };
}
