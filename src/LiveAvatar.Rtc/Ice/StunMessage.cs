using System.Buffers.Binary;
using System.Security.Cryptography;

namespace LiveAvatar.Rtc.Ice;

/// <summary>Reads one STUN message in place (RFC 8489), without allocation and without trust.</summary>
/// <remarks>
/// <code>
///  0                   1                   2                   3
///  |0 0|     type (14)         |  length (of what follows @20)  |
///  |                 magic cookie 0x2112A442                    |
///  |                  transaction id (96 bits)                  |
///  |  attribute type           |  length                        |
///  |  value, padded to 4 bytes ...                              |
/// </code>
/// Attributes after MESSAGE-INTEGRITY other than FINGERPRINT are not protected and are ignored (section 14.5).
/// </remarks>
internal readonly ref struct StunMessage
{
    public const int HeaderLength = 20;
    public const uint MagicCookie = 0x2112A442;
    public const uint FingerprintXor = 0x5354554E;

    /// <summary>No check of ours or a browser's comes near this; it bounds the work a stranger can cause.</summary>
    public const int MaxLength = 1280;

    private const int IntegrityLength = 20;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _integrityOffset;

    private StunMessage(ReadOnlySpan<byte> bytes, scoped in Found found)
    {
        _bytes = bytes;
        _integrityOffset = found.Integrity;
        Username = found.UsernameLength >= 0 ? bytes.Slice(found.Username, found.UsernameLength) : default;
        HasFingerprint = found.Fingerprint;
        UseCandidate = found.UseCandidate;
        Priority = found.Priority;
        IsControlled = found.Controlled;
        IsControlling = found.Controlling;
        UnknownRequired = found.UnknownRequired;
    }

    public ushort Type => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>The 12-byte transaction id.</summary>
    public ReadOnlySpan<byte> TransactionId => _bytes.Slice(8, 12);

    /// <summary>The USERNAME's bytes; empty when absent.</summary>
    public ReadOnlySpan<byte> Username { get; }

    public bool HasIntegrity => _integrityOffset > 0;

    /// <summary>A FINGERPRINT was there; a wrong one would have failed the parse.</summary>
    public bool HasFingerprint { get; }

    public bool UseCandidate { get; }

    /// <summary>The PRIORITY the peer gives this path, or null.</summary>
    public uint? Priority { get; }

    public bool IsControlled { get; }

    public bool IsControlling { get; }

    /// <summary>The first comprehension-required attribute that is not known here, or 0.</summary>
    public ushort UnknownRequired { get; }

    /// <summary>Reads the message; false when it is not exactly one well-formed STUN message.</summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out StunMessage message)
    {
        message = default;
        if (datagram.Length is < HeaderLength or > MaxLength
            || (datagram[0] & 0xC0) != 0
            || BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) != MagicCookie
            || BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]) != datagram.Length - HeaderLength
            || (datagram.Length & 3) != 0)
        {
            return false;
        }

        var found = new Found { UsernameLength = -1 };
        for (var offset = HeaderLength; offset < datagram.Length;)
        {
            var type = BinaryPrimitives.ReadUInt16BigEndian(datagram[offset..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(datagram[(offset + 2)..]);
            var next = offset + 4 + ((length + 3) & ~3);
            if (next > datagram.Length || found.Fingerprint || !found.TryNote(datagram, type, offset, length))
            {
                return false;
            }

            offset = next;
        }

        message = new StunMessage(datagram, found);
        return true;
    }

    /// <summary>Whether MESSAGE-INTEGRITY is the HMAC-SHA1 of the message under <paramref name="key"/> (section 14.5).</summary>
    public bool VerifyIntegrity(ReadOnlySpan<byte> key)
    {
        if (_integrityOffset <= 0)
        {
            return false;
        }

        // The HMAC covers the header with the length as if MESSAGE-INTEGRITY were the last attribute.
        Span<byte> covered = stackalloc byte[_integrityOffset];
        _bytes[.._integrityOffset].CopyTo(covered);
        BinaryPrimitives.WriteUInt16BigEndian(covered[2..], (ushort)(_integrityOffset + 4 + IntegrityLength - HeaderLength));
        Span<byte> expected = stackalloc byte[IntegrityLength];
        ComputeHmac(key, covered, expected);
        return CryptographicOperations.FixedTimeEquals(expected, _bytes.Slice(_integrityOffset + 4, IntegrityLength));
    }

    /// <summary>HMAC-SHA1, the MAC that RFC 8445 prescribes for ICE.</summary>
    internal static void ComputeHmac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> covered, Span<byte> mac)
    {
#pragma warning disable CA5350 // ICE has no other MAC; its keys are random and live minutes.
        HMACSHA1.HashData(key, covered, mac);
#pragma warning restore CA5350
    }

    /// <summary>What the walk over the attributes has seen.</summary>
    private struct Found
    {
        public int Integrity;
        public int Username;
        public int UsernameLength;
        public bool Fingerprint;
        public bool UseCandidate;
        public bool Controlled;
        public bool Controlling;
        public uint? Priority;
        public ushort UnknownRequired;

        public bool TryNote(ReadOnlySpan<byte> message, ushort type, int offset, int length)
        {
            var value = message.Slice(offset + 4, length);
            if (type == StunAttribute.Fingerprint)
            {
                Fingerprint = length == 4
                    && BinaryPrimitives.ReadUInt32BigEndian(value) == (Crc32.Compute(message[..offset]) ^ FingerprintXor);
                return Fingerprint;
            }

            if (Integrity > 0)
            {
                return true;
            }

            switch (type)
            {
                case StunAttribute.Username:
                    Username = offset + 4;
                    UsernameLength = length;
                    return length <= 513; // RFC 8489 section 14.3: fewer than 509 bytes, with some grace
                case StunAttribute.MessageIntegrity:
                    Integrity = offset;
                    return length == IntegrityLength;
                case StunAttribute.Priority:
                    Priority = length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(value) : null;
                    return length == 4;
                case StunAttribute.UseCandidate:
                    UseCandidate = true;
                    return length == 0;
                case StunAttribute.IceControlled:
                    Controlled = true;
                    return length == 8;
                case StunAttribute.IceControlling:
                    Controlling = true;
                    return length == 8;
                case StunAttribute.XorMappedAddress or StunAttribute.ErrorCode or StunAttribute.UnknownAttributes
                    or StunAttribute.MessageIntegritySha256:
                    return true;
                default:
                    UnknownRequired = type < StunAttribute.FirstOptional && UnknownRequired == 0 ? type : UnknownRequired;
                    return true;
            }
        }
    }
}
