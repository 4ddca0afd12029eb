using System.Buffers.Binary;

namespace LiveAvatar.Media.Rtp;

/// <summary>Writes retransmissions as a stream of its own (RFC 4588 section 4).</summary>
/// <remarks>
/// <code>
/// | RTP header: own SSRC, payload type and sequence; timestamp and marker of the original |
/// | 16 bits: original sequence number | original payload ...                              |
/// </code>
/// </remarks>
/// <param name="ssrc">The retransmission stream.</param>
/// <param name="payloadType">The payload type negotiated as rtx.</param>
/// <param name="firstSequence">Where its own numbering starts.</param>
public sealed class RtxWriter(uint ssrc, int payloadType, ushort firstSequence = 0)
{
    /// <summary>Bytes of the original sequence number before the payload.</summary>
    public const int OriginalSequenceLength = 2;

    /// <summary>The number the next retransmission gets.</summary>
    public ushort NextSequence { get; private set; } = firstSequence;

    /// <summary>Writes a whole packet and returns its length; it has used one number of the stream.</summary>
    /// <exception cref="ArgumentException">The buffer is shorter than the packet.</exception>
    public int Write(
        Span<byte> buffer, in SentPacket original, in HeaderExtensionIds ids, in HeaderExtensionValues values, out RtpStampOffsets offsets)
    {
        var header = original.Header with { Ssrc = ssrc, PayloadType = payloadType, SequenceNumber = NextSequence };
        var headerLength = RtpPacketWriter.WriteHeader(buffer, header, ids, values, out offsets);
        var length = headerLength + WritePayload(buffer[headerLength..], original.Header.SequenceNumber, original.Payload);
        NextSequence++;
        return length;
    }

    /// <summary>Writes the original sequence number and payload; returns the length of both.</summary>
    /// <exception cref="ArgumentException">The span is shorter than both.</exception>
    public static int WritePayload(Span<byte> destination, ushort originalSequence, ReadOnlySpan<byte> originalPayload)
    {
        if (destination.Length < OriginalSequenceLength + originalPayload.Length)
        {
            throw new ArgumentException("The buffer is shorter than the retransmission.", nameof(destination));
        }

        BinaryPrimitives.WriteUInt16BigEndian(destination, originalSequence);
        originalPayload.CopyTo(destination[OriginalSequenceLength..]);
        return OriginalSequenceLength + originalPayload.Length;
    }

    /// <summary>Splits a received retransmission; false if it has no original number (a probe).</summary>
    public static bool TryReadPayload(ReadOnlySpan<byte> payload, out ushort originalSequence, out ReadOnlySpan<byte> originalPayload)
    {
        originalPayload = default;
        if (!BinaryPrimitives.TryReadUInt16BigEndian(payload, out originalSequence))
        {
            return false;
        }

        originalPayload = payload[OriginalSequenceLength..];
        return true;
    }
}
