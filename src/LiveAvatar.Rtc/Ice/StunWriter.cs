using System.Buffers.Binary;
using System.Text;
using LiveAvatar.Rtc.Transport;

namespace LiveAvatar.Rtc.Ice;

/// <summary>Writes one STUN message into a caller's buffer: header, attributes in call order, then integrity and fingerprint.</summary>
/// <remarks>The buffer must hold the message; 256 bytes are ample for every message of ICE.</remarks>
internal ref struct StunWriter
{
    private readonly Span<byte> _buffer;
    private int _length;

    public StunWriter(Span<byte> buffer, ushort type, ReadOnlySpan<byte> transactionId)
    {
        _buffer = buffer;
        BinaryPrimitives.WriteUInt16BigEndian(buffer, type);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], StunMessage.MagicCookie);
        transactionId.CopyTo(buffer[8..]);
        _length = StunMessage.HeaderLength;
    }

    public void Add(ushort type, scoped ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[_length..], type);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[(_length + 2)..], (ushort)value.Length);
        value.CopyTo(_buffer[(_length + 4)..]);
        var padded = (value.Length + 3) & ~3;
        _buffer.Slice(_length + 4 + value.Length, padded - value.Length).Clear();
        _length += 4 + padded;
    }

    /// <summary>XOR-MAPPED-ADDRESS (section 14.2): port and address XORed with the cookie, IPv6 also with the transaction id.</summary>
    public void AddXorMappedAddress(in RemoteAddress address)
    {
        Span<byte> value = stackalloc byte[20];
        value.Clear();
        var addressLength = address.WriteAddress(value[4..]);
        value[1] = addressLength == 4 ? (byte)1 : (byte)2;
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)(address.Port ^ (StunMessage.MagicCookie >> 16)));
        for (var index = 0; index < addressLength; index++)
        {
            value[4 + index] ^= _buffer[4 + index]; // the cookie and the transaction id lie next to each other in the header
        }

        Add(StunAttribute.XorMappedAddress, value[..(4 + addressLength)]);
    }

    /// <summary>ERROR-CODE (section 14.8): class in hundreds, number, and a reason in ASCII.</summary>
    public void AddError(int code, string reason)
    {
        Span<byte> value = stackalloc byte[4 + 64];
        value[..4].Clear();
        value[2] = (byte)(code / 100);
        value[3] = (byte)(code % 100);
        var length = Encoding.ASCII.GetBytes(reason.AsSpan(0, Math.Min(reason.Length, 64)), value[4..]);
        Add(StunAttribute.ErrorCode, value[..(4 + length)]);
    }

    /// <summary>Appends MESSAGE-INTEGRITY under <paramref name="key"/> and FINGERPRINT; returns the message's length.</summary>
    public int Finish(scoped ReadOnlySpan<byte> key)
    {
        Span<byte> mac = stackalloc byte[20];
        WriteLength(_length + 24);
        StunMessage.ComputeHmac(key, _buffer[.._length], mac);
        Add(StunAttribute.MessageIntegrity, mac);

        WriteLength(_length + 8);
        Span<byte> fingerprint = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(fingerprint, Crc32.Compute(_buffer[.._length]) ^ StunMessage.FingerprintXor);
        Add(StunAttribute.Fingerprint, fingerprint);
        return _length;
    }

    private readonly void WriteLength(int total) =>
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[2..], (ushort)(total - StunMessage.HeaderLength));
}
