using System.Buffers.Binary;
using System.Text;

namespace LiveAvatar.Inference.Packs;

/// <summary>Walks the fields of one protobuf message (wire format: a tag, then a number or a length and bytes).</summary>
/// <remarks>Never reads past its span; bytes that are not a message throw <see cref="InvalidDataException"/>.</remarks>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> _message = message;
    private int _position;

    /// <summary>Field number of the field just read.</summary>
    internal int Field { get; private set; }

    /// <summary>Its value if it is a number.</summary>
    internal long Number { get; private set; }

    /// <summary>Its content if it has a length: a nested message, a string or packed numbers.</summary>
    internal ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>Whether it has a length; otherwise it is a number.</summary>
    internal bool HasContent { get; private set; }

    internal readonly string Text => Encoding.UTF8.GetString(Content);

    internal bool Next()
    {
        if (_position == _message.Length)
        {
            return false;
        }

        var tag = Varint();
        Field = (int)Math.Min((ulong)int.MaxValue, tag >> 3);
        Content = default;
        HasContent = (tag & 7) == 2;
        Number = 0;
        switch (tag & 7)
        {
            case 0:
                Number = (long)Varint();
                break;
            case 1:
                Number = BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));
                break;
            case 2:
                Content = Take(Varint());
                break;
            case 5:
                Number = BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));
                break;
            default:
                throw new InvalidDataException("it has a field of an unknown kind");
        }

        return true;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (_position == _message.Length)
            {
                break;
            }

            var part = _message[_position++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("it ends in the middle of a number");
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)(_message.Length - _position))
        {
            throw new InvalidDataException("it ends in the middle of a field");
        }

        var taken = _message.Slice(_position, (int)length);
        _position += (int)length;
        return taken;
    }
}
