using System.Buffers.Binary;
using System.Numerics;

namespace LiveAvatar.Media.WebM;

/// <summary>Builds EBML elements in memory (RFC 8794).</summary>
/// <remarks>
/// An element is its id, the length of its data and the data. A length is written with a marker bit that tells how many
/// bytes it takes: 1xxxxxxx, 01xxxxxx xxxxxxxx, and so on to eight bytes; all ones means "unknown".
/// </remarks>
internal sealed class EbmlBuffer
{
    /// <summary>The eight bytes of a length that is not known yet, or never.</summary>
    internal const ulong UnknownSize = 0x01FF_FFFF_FFFF_FFFF;

    private const int MasterSizeLength = 4;
    private const uint MasterSizeMarker = 0x1000_0000;

    private byte[] _bytes = new byte[4096];

    internal int Length { get; private set; }

    internal ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    internal void Clear() => Length = 0;

    internal void WriteId(uint id) => WriteBigEndian(id, BytesOf(id));

    /// <summary>Writes a length in the fewest bytes; all ones is avoided, because it means "unknown".</summary>
    internal void WriteSize(ulong size)
    {
        var length = 1;
        while (size >= (1UL << (7 * length)) - 1)
        {
            length++;
        }

        WriteBigEndian(size | (1UL << (7 * length)), length);
    }

    internal void WriteUInt(uint id, ulong value) => WriteFixedUInt(id, value, BytesOf(value));

    /// <summary>Writes a number in a given number of bytes, so that it can be overwritten in place.</summary>
    internal void WriteFixedUInt(uint id, ulong value, int length)
    {
        WriteId(id);
        WriteSize((ulong)length);
        WriteBigEndian(value, length);
    }

    internal void WriteFloat(uint id, double value)
    {
        WriteId(id);
        WriteSize(sizeof(double));
        WriteBigEndian(BitConverter.DoubleToUInt64Bits(value), sizeof(double));
    }

    internal void WriteBinary(uint id, ReadOnlySpan<byte> value)
    {
        WriteId(id);
        WriteSize((ulong)value.Length);
        WriteBytes(value);
    }

    /// <summary>Writes a gap of exactly <paramref name="total"/> bytes, 9 to 100, header included.</summary>
    internal void WriteVoid(int total)
    {
        WriteId(EbmlId.Void);
        WriteSize((ulong)(total - 2));
        Reserve(total - 2).Clear();
    }

    /// <summary>Opens an element that holds elements; close it with <see cref="End"/>.</summary>
    internal int Begin(uint id)
    {
        WriteId(id);
        WriteBigEndian(MasterSizeMarker, MasterSizeLength);
        return Length;
    }

    /// <summary>Closes the element that <see cref="Begin"/> opened there; at most 256 MiB.</summary>
    internal void End(int begin) => BinaryPrimitives.WriteUInt32BigEndian(
        _bytes.AsSpan(begin - MasterSizeLength), MasterSizeMarker | (uint)(Length - begin));

    internal void WriteBytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    /// <summary>Writes the lowest <paramref name="length"/> bytes of a value, highest first.</summary>
    internal void WriteBigEndian(ulong value, int length)
    {
        var target = Reserve(length);
        for (var index = length - 1; index >= 0; index--)
        {
            target[index] = (byte)value;
            value >>= 8;
        }
    }

    private static int BytesOf(ulong value) => Math.Max(1, (71 - BitOperations.LeadingZeroCount(value)) / 8);

    private Span<byte> Reserve(int count)
    {
        if (Length + count > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(Length + count, _bytes.Length * 2));
        }

        Length += count;
        return _bytes.AsSpan(Length - count, count);
    }
}
