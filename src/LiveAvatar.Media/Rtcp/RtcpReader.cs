using System.Buffers.Binary;

namespace LiveAvatar.Media.Rtcp;

/// <summary>Walks through the packets of one RTCP datagram, compound or reduced-size (RFC 3550 section 6.1, RFC 5506).</summary>
/// <remarks>
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +---+-+---------+---------------+-------------------------------+
/// |V=2|P| count or|  packet type  | length in 32-bit words, less 1|
/// |   | |  format |   192..223    |                               |
/// +---+-+---------+---------------+-------------------------------+
/// |             body, mostly starting with the sender's SSRC      |
/// +---------------------------------------------------------------+
/// </code>
/// A packet that does not fit what is left ends the walk: what stood before it counts. Never throws.
/// </remarks>
/// <param name="datagram">The decrypted datagram, of exactly the length received.</param>
public ref struct RtcpReader(ReadOnlySpan<byte> datagram)
{
    private const int HeaderLength = 4;

    private ReadOnlySpan<byte> _rest = datagram;

    /// <summary>Whether a datagram that came to the media port is RTCP rather than RTP (RFC 5761 section 4).</summary>
    public static bool IsRtcp(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= HeaderLength && (datagram[0] >> 6) == 2 && datagram[1] is >= 192 and <= 223;

    /// <summary>Takes the next packet; false at the end or at the first malformed header.</summary>
    public bool TryRead(out RtcpPacketView packet)
    {
        packet = default;
        if (!IsRtcp(_rest))
        {
            return false;
        }

        var length = HeaderLength + (4 * BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]));
        if (length > _rest.Length)
        {
            return false;
        }

        var body = _rest[HeaderLength..length];
        if ((_rest[0] & 0x20) != 0)
        {
            var padding = body.IsEmpty ? 0 : body[^1];
            if (padding == 0 || padding > body.Length)
            {
                return false;
            }

            body = body[..^padding];
        }

        packet = new RtcpPacketView(_rest[1], _rest[0] & 0x1F, body);
        _rest = _rest[length..];
        return true;
    }
}
