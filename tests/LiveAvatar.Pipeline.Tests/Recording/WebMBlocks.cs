using System.Buffers.Binary;
using LiveAvatar.Media.Tests.WebM;

namespace LiveAvatar.Pipeline.Tests.Recording;

/// <summary>A block of a WebM file: its track, its time and how long it is.</summary>
internal sealed record WebMBlocks(int Track, int Milliseconds, bool IsKey, int Length)
{
    private const uint Segment = 0x18538067, Cluster = 0x1F43B675, Timestamp = 0xE7, SimpleBlock = 0xA3;
    private const int Header = 4; // track, time in the cluster, flags

    /// <summary>All blocks in the order of the file.</summary>
    public static List<WebMBlocks> Read(byte[] file) =>
    [
        .. EbmlElement.Parse(file).Single(element => element.Id == Segment).All(Cluster).SelectMany(cluster => cluster.All(SimpleBlock).Select(block => new WebMBlocks(
            block.Data.Span[0] & 0x7F,
            (int)cluster[Timestamp].UInt + BinaryPrimitives.ReadInt16BigEndian(block.Data.Span[1..]),
            (block.Data.Span[3] & 0x80) != 0,
            block.Data.Length - Header))),
    ];
}
