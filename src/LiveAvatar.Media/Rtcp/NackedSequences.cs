using System.Buffers.Binary;
using System.Numerics;

namespace LiveAvatar.Media.Rtcp;

/// <summary>Enumerates the lost sequence numbers of a generic NACK (RFC 4585 section 6.2.1).</summary>
/// <remarks>Each 32-bit entry: 16 bits a lost sequence number, 16 bits a mask of the numbers after it, lowest bit first.</remarks>
public ref struct NackedSequences
{
    private ReadOnlySpan<byte> _entries;
    private ushort _base;
    private uint _mask;

    internal NackedSequences(ReadOnlySpan<byte> entries) => _entries = entries;

    /// <summary>The number found last.</summary>
    public ushort Current { get; private set; }

    /// <summary>Lets foreach take it.</summary>
    public readonly NackedSequences GetEnumerator() => this;

    /// <summary>Goes to the next lost number.</summary>
    public bool MoveNext()
    {
        if (_mask == 0)
        {
            if (_entries.Length < 4)
            {
                return false;
            }

            _base = BinaryPrimitives.ReadUInt16BigEndian(_entries);
            _mask = ((uint)BinaryPrimitives.ReadUInt16BigEndian(_entries[2..]) << 1) | 1;
            _entries = _entries[4..];
        }

        Current = (ushort)(_base + BitOperations.TrailingZeroCount(_mask));
        _mask &= _mask - 1;
        return true;
    }
}
