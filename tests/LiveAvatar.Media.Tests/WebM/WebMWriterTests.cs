using System.Buffers.Binary;
using LiveAvatar.Media.WebM;

namespace LiveAvatar.Media.Tests.WebM;

public sealed class WebMWriterTests
{
    private static readonly WebMOptions Options = new() { Width = 512, Height = 384, OpusPreSkip = 312 };

    private readonly record struct Block(int Track, long Milliseconds, bool IsKey, byte[] Data);

    [Fact]
    public void Header_DescribesBothTracks()
    {
        var segment = Segment(Write(seconds: 1));

        Assert.Equal(1_000_000UL, segment[0x1549A966][0x2AD7B1].UInt);
        var tracks = segment[0x1654AE6B].All(0xAE).ToArray();
        Assert.Equal(["V_VP8", "A_OPUS"], tracks.Select(track => track[0x86].Text));
        Assert.Equal([1UL, 2UL], tracks.Select(track => track[0xD7].UInt));
        Assert.Equal([1UL, 2UL], tracks.Select(track => track[0x83].UInt));
        Assert.Equal((512UL, 384UL), (tracks[0][0xE0][0xB0].UInt, tracks[0][0xE0][0xBA].UInt));
        Assert.Equal((48_000.0, 1UL), (tracks[1][0xE1][0xB5].Float, tracks[1][0xE1][0x9F].UInt));
        Assert.Equal(6_500_000UL, tracks[1][0x56AA].UInt);
        Assert.Equal(80_000_000UL, tracks[1][0x56BB].UInt);
        byte[] head = [.. "OpusHead"u8, 1, 1, 0x38, 0x01, 0x80, 0xBB, 0, 0, 0, 0, 0];
        Assert.Equal(head, tracks[1][0x63A2].Data.ToArray());
    }

    [Fact]
    public void DocType_IsWebM() => Assert.Equal("webm", EbmlElement.Parse(Write(seconds: 1))[0][0x4282].Text);

    [Fact]
    public void Blocks_ComeBackInOrderOfTime()
    {
        var blocks = Blocks(Segment(Write(seconds: 5)));

        Assert.Equal(Enumerable.Range(0, 125).Select(index => 40L * index), blocks.Where(block => block.Track == 1).Select(block => block.Milliseconds));
        Assert.Equal(Enumerable.Range(0, 250).Select(index => 20L * index), blocks.Where(block => block.Track == 2).Select(block => block.Milliseconds));
        Assert.Equal(blocks.Select(block => block.Milliseconds).Order(), blocks.Select(block => block.Milliseconds));
        Assert.Equal(Frame(3), blocks.Where(block => block.Track == 1).ElementAt(3).Data);
        Assert.Equal(Packet(7), blocks.Where(block => block.Track == 2).ElementAt(7).Data);
        Assert.All(blocks, block => Assert.Equal(block.Track == 2 || block.Milliseconds is 0 or 2400, block.IsKey));
    }

    [Fact]
    public void Clusters_LastAtMostASecond()
    {
        var clusters = Segment(Write(seconds: 10)).All(0x1F43B675).ToArray();
        Assert.InRange(clusters.Length, 10, 12);
        foreach (var cluster in clusters)
        {
            Assert.All(cluster.All(0xA3), block => Assert.InRange(BinaryPrimitives.ReadInt16BigEndian(block.Data.Span[1..]), (short)0, (short)999));
        }
    }

    [Fact]
    public void Index_PointsAtTheKeyFramesClusters()
    {
        var file = Write(seconds: 5);
        var segment = Segment(file);
        var seeks = segment[0x114D9B74].All(0x4DBB).ToDictionary(seek => (uint)seek[0x53AB].UInt, seek => (int)seek[0x53AC].UInt);
        foreach (var id in new uint[] { 0x1549A966, 0x1654AE6B, 0x1C53BB6B })
        {
            Assert.Equal(segment[id].Start, segment.DataStart + seeks[id]);
        }

        var points = segment[0x1C53BB6B].All(0xBB).ToArray();
        Assert.Equal([0UL, 2400UL], points.Select(point => point[0xB3].UInt));
        foreach (var point in points)
        {
            var cluster = Assert.Single(segment.All(0x1F43B675), found => found.Start == segment.DataStart + (int)point[0xB7][0xF1].UInt);
            Assert.Contains(BlocksOf(cluster), block => block.Track == 1 && block.IsKey && block.Milliseconds == (long)point[0xB3].UInt);
        }
    }

    [Fact]
    public void SeekableStream_GetsLengthAndDuration()
    {
        var file = Write(seconds: 3);
        var segment = Segment(file);
        Assert.Equal(3000.0, segment[0x1549A966][0x4489].Float);
        Assert.Equal(file.Length, segment.DataStart + segment.Data.Length);
        Assert.NotEqual(0xFF, file[segment.DataStart - 1]);
    }

    [Fact]
    public void StreamThatStartsLater_KeepsWhatWasThere()
    {
        using var stream = new MemoryStream();
        stream.Write([1, 2, 3, 4, 5]);
        Fill(stream, seconds: 2);
        var all = stream.ToArray();
        Assert.Equal([1, 2, 3, 4, 5], all[..5]);
        Assert.Equal(Write(seconds: 2), all[5..]);
        Assert.Equal(all.Length, stream.Position);
    }

    [Fact]
    public void StreamThatCannotSeek_IsWrittenAllTheSame()
    {
        using var stream = new OneWayStream();
        Fill(stream, seconds: 3);

        var segment = Segment(stream.ToArray());
        Assert.Empty(segment[0x1549A966].All(0x4489));
        Assert.Equal(75 + 150, Blocks(segment).Count);
        Assert.Equal(2, segment[0x1C53BB6B].Children.Count);
    }

    [Fact]
    public void KilledWriter_LeavesWholeClusters()
    {
        using var stream = new MemoryStream();
        using (var writer = new WebMWriter(stream, Options))
        {
            WriteSeconds(writer, 5);
        }

        var blocks = Blocks(Segment(stream.ToArray()));
        Assert.InRange(blocks.Where(block => block.Track == 1).Max(block => block.Milliseconds), 3000, 4999);
        Assert.InRange(blocks.Where(block => block.Track == 2).Max(block => block.Milliseconds), 3000, 4999);
    }

    [Fact]
    public void SoundASecondAhead_IsPutInOrder()
    {
        using var stream = new MemoryStream();
        using var writer = new WebMWriter(stream, Options);
        for (var second = 0; second < 4; second++)
        {
            for (var packet = 0; packet < 50; packet++)
            {
                writer.WriteAudio(Packet(packet), TimeSpan.FromMilliseconds((1000 * second) + (20 * packet)));
            }

            for (var frame = 0; frame < 25; frame++)
            {
                writer.WriteVideo(Frame(frame), TimeSpan.FromMilliseconds((1000 * second) + (40 * frame)), frame == 0 && second == 0);
            }
        }

        writer.Complete(TimeSpan.FromSeconds(4));
        var times = Blocks(Segment(stream.ToArray())).Select(block => block.Milliseconds).ToArray();
        Assert.Equal(300, times.Length);
        Assert.Equal(times.Order(), times);
    }

    [Fact]
    public void TimeThatGoesBack_IsRefused()
    {
        using var writer = new WebMWriter(new MemoryStream(), Options);
        writer.WriteVideo(Frame(0), TimeSpan.FromMilliseconds(40), true);
        Assert.Throws<ArgumentException>(() => writer.WriteVideo(Frame(1), TimeSpan.FromMilliseconds(39), false));
        Assert.Throws<ArgumentException>(() => writer.WriteAudio(Packet(1), TimeSpan.FromMilliseconds(-20)));
        writer.WriteAudio(Packet(1), TimeSpan.FromSeconds(5));
        writer.WriteAudio(Packet(2), TimeSpan.FromSeconds(5));
        Assert.Throws<ArgumentException>(() => writer.WriteVideo(Frame(1), TimeSpan.FromMilliseconds(39), false));
    }

    [Fact]
    public void DroppedPicture_IsLeftOut()
    {
        using var stream = new MemoryStream();
        using var writer = new WebMWriter(stream, Options);
        writer.WriteVideo([], TimeSpan.Zero, false);
        writer.Complete(TimeSpan.Zero);
        var segment = Segment(stream.ToArray());
        Assert.Empty(Blocks(segment));
        Assert.Empty(segment.All(0x1C53BB6B));
    }

    [Fact]
    public void CompletedWriter_RefusesMore()
    {
        var writer = new WebMWriter(new MemoryStream(), Options);
        writer.Complete(TimeSpan.Zero);
        Assert.Throws<ObjectDisposedException>(() => writer.WriteVideo(Frame(0), TimeSpan.Zero, true));
        Assert.Throws<ObjectDisposedException>(() => writer.Complete(TimeSpan.Zero));
        writer.Dispose();
        writer.Dispose();
    }

    [Theory]
    [InlineData(0, 384, 312, 1)]
    [InlineData(512, 20_000, 312, 1)]
    [InlineData(512, 384, -1, 1)]
    [InlineData(512, 384, 312, 3)]
    public void SettingOutOfRange_IsRefused(int width, int height, int preSkip, int channels) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new WebMWriter(
            new MemoryStream(), new WebMOptions { Width = width, Height = height, OpusPreSkip = preSkip, OpusChannels = channels }));

    // Sizes around the places where a length takes one byte more, and all ones would mean "unknown".
    [Theory]
    [InlineData(122)]
    [InlineData(123)]
    [InlineData(124)]
    [InlineData(16_378)]
    [InlineData(16_379)]
    [InlineData(16_380)]
    [InlineData(300_000)]
    public void FrameOfAnySize_ComesBack(int length)
    {
        var frame = new byte[length];
        new Random(length).NextBytes(frame);
        using var stream = new MemoryStream();
        using var writer = new WebMWriter(stream, Options);
        writer.WriteVideo(frame, TimeSpan.Zero, true);
        writer.Complete(TimeSpan.FromMilliseconds(40));
        Assert.Equal(frame, Assert.Single(Blocks(Segment(stream.ToArray()))).Data);
    }

    private static byte[] Write(int seconds)
    {
        using var stream = new MemoryStream();
        Fill(stream, seconds);
        return stream.ToArray();
    }

    private static void Fill(Stream stream, int seconds)
    {
        using var writer = new WebMWriter(stream, Options);
        WriteSeconds(writer, seconds);
        writer.Complete(TimeSpan.FromSeconds(seconds));
    }

    // 25 pictures and 50 packets a second; sound first, as an offline renderer writes; a second key frame at 2.4 s.
    private static void WriteSeconds(WebMWriter writer, int seconds)
    {
        for (var frame = 0; frame < 25 * seconds; frame++)
        {
            writer.WriteAudio(Packet(2 * frame), TimeSpan.FromMilliseconds(40 * frame));
            writer.WriteAudio(Packet((2 * frame) + 1), TimeSpan.FromMilliseconds((40 * frame) + 20));
            writer.WriteVideo(Frame(frame), TimeSpan.FromMilliseconds(40 * frame), frame is 0 or 60);
        }
    }

    private static byte[] Frame(int index) => Bytes(index, 500 + (index * 37 % 900));

    private static byte[] Packet(int index) => Bytes(index + 1000, 60 + (index % 40));

    private static byte[] Bytes(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static EbmlElement Segment(byte[] file) => Assert.Single(EbmlElement.Parse(file), element => element.Id == 0x18538067);

    private static List<Block> Blocks(EbmlElement segment) => [.. segment.All(0x1F43B675).SelectMany(BlocksOf)];

    private static IEnumerable<Block> BlocksOf(EbmlElement cluster)
    {
        foreach (var block in cluster.All(0xA3))
        {
            var data = block.Data.ToArray();
            yield return new Block(
                data[0] & 0x7F,
                (long)cluster[0xE7].UInt + BinaryPrimitives.ReadInt16BigEndian(data.AsSpan(1)),
                (data[3] & 0x80) != 0,
                data[4..]);
        }
    }

    private sealed class OneWayStream : MemoryStream
    {
        public override bool CanSeek => false;

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }
    }
}
