using System.Buffers.Binary;

namespace LiveAvatar.Media.Rtp;

/// <summary>Reads one RTP packet in place, without copying or allocating (RFC 3550 section 5.1).</summary>
/// <remarks>
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +---+-+-+-------+-+-------------+-------------------------------+
/// |V=2|P|X|  CC   |M|     PT      |        sequence number        |  0
/// +---+-+-+-------+-+-------------+-------------------------------+
/// |                           timestamp                           |  4
/// +---------------------------------------------------------------+
/// |                             SSRC                              |  8
/// +---------------------------------------------------------------+
/// |                     CSRC, CC times                            | 12
/// +-------------------------------+-------------------------------+
/// |  profile (0xBEDE, 0x100x)     |  length in 32-bit words       |  if X
/// +-------------------------------+-------------------------------+
/// |       header extension elements (RFC 8285), zero padded       |
/// +---------------------------------------------------------------+
/// |       payload ...             |  padding, last byte = count   |  if P
/// +---------------------------------------------------------------+
/// </code>
/// Valid as long as the bytes it was parsed from.
/// </remarks>
public readonly ref struct RtpPacketView
{
    /// <summary>Bytes of a header without CSRCs and extensions, the least a packet can have.</summary>
    public const int FixedHeaderLength = 12;

    private const ushort OneByteProfile = 0xBEDE; // RFC 8285 section 4.2
    private const ushort TwoByteProfile = 0x1000; // RFC 8285 section 4.3; the low four bits belong to the application

    private readonly ReadOnlySpan<byte> _header;
    private readonly ReadOnlySpan<byte> _extensions;
    private readonly ushort _profile;

    private RtpPacketView(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> extensions, ushort profile)
    {
        _header = header;
        _extensions = extensions;
        _profile = profile;
        Payload = payload;
    }

    /// <summary>0..127.</summary>
    public int PayloadType => _header[1] & 0x7F;

    /// <summary>Video: last packet of a frame. Audio: first packet of a talk spurt.</summary>
    public bool Marker => (_header[1] & 0x80) != 0;

    /// <summary>The number on the wire; see <see cref="SequenceUnwrapper"/>.</summary>
    public ushort SequenceNumber => BinaryPrimitives.ReadUInt16BigEndian(_header[2..]);

    /// <summary>The timestamp on the wire; see <see cref="TimestampUnwrapper"/>.</summary>
    public uint Timestamp => BinaryPrimitives.ReadUInt32BigEndian(_header[4..]);

    /// <summary>The stream.</summary>
    public uint Ssrc => BinaryPrimitives.ReadUInt32BigEndian(_header[8..]);

    /// <summary>Bytes before the payload: fixed header, CSRCs and header extensions.</summary>
    public int HeaderLength => _header.Length;

    /// <summary>What the packet carries, without padding; empty for a padding-only probe.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Reads a datagram of exactly the length received; false if it is not a whole RTP packet. Never throws.</summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out RtpPacketView packet)
    {
        packet = default;
        if (datagram.Length < FixedHeaderLength || (datagram[0] >> 6) != 2)
        {
            return false;
        }

        var headerLength = FixedHeaderLength + (4 * (datagram[0] & 0x0F));
        ushort profile = 0;
        ReadOnlySpan<byte> extensions = default;
        if ((datagram[0] & 0x10) != 0)
        {
            if (datagram.Length < headerLength + 4)
            {
                return false;
            }

            profile = BinaryPrimitives.ReadUInt16BigEndian(datagram[headerLength..]);
            var bytes = 4 * BinaryPrimitives.ReadUInt16BigEndian(datagram[(headerLength + 2)..]);
            headerLength += 4;
            if (datagram.Length < headerLength + bytes)
            {
                return false;
            }

            extensions = datagram.Slice(headerLength, bytes);
            headerLength += bytes;
        }

        if (datagram.Length < headerLength)
        {
            return false;
        }

        var payload = datagram[headerLength..];
        if ((datagram[0] & 0x20) != 0)
        {
            var padding = payload.IsEmpty ? 0 : payload[^1];
            if (padding == 0 || padding > payload.Length)
            {
                return false;
            }

            payload = payload[..^padding];
        }

        packet = new RtpPacketView(datagram[..headerLength], payload, extensions, profile);
        return true;
    }

    /// <summary>The bytes of header extension <paramref name="id"/>, in the one-byte or the two-byte form (RFC 8285); false if absent.</summary>
    /// <remarks>A malformed element ends the search: what stood before it is still found.</remarks>
    public bool TryGetExtension(int id, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (id <= 0 || _extensions.IsEmpty)
        {
            return false;
        }

        return _profile == OneByteProfile ? TryGetOneByte(id, out value)
            : (_profile & 0xFFF0) == TwoByteProfile && TryGetTwoByte(id, out value);
    }

    private bool TryGetOneByte(int id, out ReadOnlySpan<byte> value)
    {
        value = default;
        for (var i = 0; i < _extensions.Length;)
        {
            if (_extensions[i] == 0)
            {
                i++; // padding between elements
                continue;
            }

            var elementId = _extensions[i] >> 4;
            var length = (_extensions[i] & 0x0F) + 1;
            if (elementId == 15 || i + 1 + length > _extensions.Length)
            {
                return false; // 15 is reserved and ends processing (section 4.2)
            }

            if (elementId == id)
            {
                value = _extensions.Slice(i + 1, length);
                return true;
            }

            i += 1 + length;
        }

        return false;
    }

    private bool TryGetTwoByte(int id, out ReadOnlySpan<byte> value)
    {
        value = default;
        for (var i = 0; i + 1 < _extensions.Length;)
        {
            if (_extensions[i] == 0)
            {
                i++;
                continue;
            }

            var length = _extensions[i + 1];
            if (i + 2 + length > _extensions.Length)
            {
                return false;
            }

            if (_extensions[i] == id)
            {
                value = _extensions.Slice(i + 2, length);
                return true;
            }

            i += 2 + length;
        }

        return false;
    }
}
