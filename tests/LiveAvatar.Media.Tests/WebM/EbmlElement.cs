using System.Buffers.Binary;

namespace LiveAvatar.Media.Tests.WebM;

/// <summary>An element as an independent reader of RFC 8794 finds it; unknown lengths reach to the end.</summary>
internal sealed record EbmlElement(uint Id, int Start, int DataStart, ReadOnlyMemory<byte> Data)
{
    private static readonly uint[] Masters =
    [
        0x1A45DFA3, 0x18538067, 0x114D9B74, 0x4DBB, 0x1549A966, 0x1654AE6B, 0xAE, 0xE0, 0x55B0, 0xE1, 0x1F43B675, 0x1C53BB6B, 0xBB, 0xB7,
    ];

    public IReadOnlyList<EbmlElement> Children { get; private init; } = [];

    public ulong UInt => Data.ToArray().Aggregate(0UL, (value, next) => (value << 8) | next);

    public double Float => BinaryPrimitives.ReadDoubleBigEndian(Data.Span);

    public string Text => System.Text.Encoding.ASCII.GetString(Data.Span);

    public EbmlElement this[uint id] => Assert.Single(Children, child => child.Id == id);

    public IEnumerable<EbmlElement> All(uint id) => Children.Where(child => child.Id == id);

    public static List<EbmlElement> Parse(ReadOnlyMemory<byte> file, int offset = 0)
    {
        var elements = new List<EbmlElement>();
        for (var at = 0; at < file.Length;)
        {
            var start = at;
            var id = (uint)Number(file.Span, ref at, keepMarker: true, out _);
            var size = Number(file.Span, ref at, keepMarker: false, out var unknown);
            var length = unknown ? file.Length - at : checked((int)size);
            Assert.True(at + length <= file.Length, $"element {id:X} at {offset + start} reaches past its parent");
            var data = file.Slice(at, length);
            elements.Add(new EbmlElement(id, offset + start, offset + at, data)
            {
                Children = Masters.Contains(id) ? Parse(data, offset + at) : [],
            });
            at += length;
        }

        return elements;
    }

    private static ulong Number(ReadOnlySpan<byte> bytes, ref int at, bool keepMarker, out bool unknown)
    {
        var length = System.Numerics.BitOperations.LeadingZeroCount((uint)bytes[at]) - 24 + 1;
        Assert.InRange(length, 1, 8);
        ulong value = keepMarker ? bytes[at] : bytes[at] & (0xFFu >> length);
        for (var index = 1; index < length; index++)
        {
            value = (value << 8) | bytes[at + index];
        }

        at += length;
        unknown = !keepMarker && value == (1UL << (7 * length)) - 1;
        return value;
    }
}
