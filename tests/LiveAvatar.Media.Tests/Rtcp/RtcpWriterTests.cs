using LiveAvatar.Media.Rtcp;

namespace LiveAvatar.Media.Tests.Rtcp;

[Trait("category", "unit")]
public class RtcpWriterTests
{
    private static readonly ReportBlock Block = new(0x0A0B0C0D, 64, -2, 0x1FFFF, 48, 0x0B0C8000, 0x8000);

    [Fact]
    public void SenderReport_MatchesTheVector()
    {
        var buffer = new byte[128];
        var length = RtcpWriter.WriteSenderReport(
            buffer, new SenderReport(0x01020304, 0xE90A0B0C80000000, 65536, 100, 10000), [Block], "avatar"u8);
        Assert.Equal(Vectors.Read("rtcp-compound-sr-rr-sdes-bye")[..72], buffer[..length]);
    }

    [Fact]
    public void ReceiverReport_ReadsBack()
    {
        var buffer = new byte[128];
        var length = RtcpWriter.WriteReceiverReport(buffer, 9, [Block, Block with { CumulativeLost = 0x7FFFFF }], "a"u8);
        length += RtcpWriter.WriteBye(buffer.AsSpan(length), 9);

        var reader = new RtcpReader(buffer.AsSpan(0, length));
        Assert.True(reader.TryRead(out var packet));
        Assert.Equal(9u, packet.SenderSsrc);
        Assert.True(packet.TryReadReport(0, out var first));
        Assert.True(packet.TryReadReport(1, out var second));
        Assert.Equal((Block, Block with { CumulativeLost = 0x7FFFFF }), (first, second));
        Assert.True(reader.TryRead(out packet));
        Assert.Equal(202, packet.Type);
        Assert.True(reader.TryRead(out packet));
        Assert.Equal(RtcpKind.Bye, packet.Kind);
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void AnyCnameLength_EndsOnAWordWithANull()
    {
        for (var size = 0; size <= 255; size++)
        {
            var cname = Enumerable.Repeat((byte)'x', size).ToArray();
            var buffer = Enumerable.Repeat((byte)0xEE, 400).ToArray();
            var length = RtcpWriter.WriteReceiverReport(buffer, 1, [], cname);

            Assert.Equal(0, length % 4);
            Assert.Equal(0, buffer[length - 1]);
            Assert.Equal(0xEE, buffer[length]);
            var reader = new RtcpReader(buffer.AsSpan(0, length));
            Assert.True(reader.TryRead(out _));
            Assert.True(reader.TryRead(out var sdes));
            Assert.Equal(cname, sdes.Body.Slice(6, size).ToArray());
            Assert.False(reader.TryRead(out _));
        }
    }

    [Fact]
    public void TooShortBuffer_IsOurFault()
    {
        var length = RtcpWriter.WriteReceiverReport(new byte[100], 1, [Block], "avatar"u8);
        for (var size = 0; size < length; size++)
        {
            Assert.ThrowsAny<ArgumentException>(() => RtcpWriter.WriteReceiverReport(new byte[size], 1, [Block], "avatar"u8));
        }
    }

    [Fact]
    public void Writing_AllocatesNothing()
    {
        var buffer = new byte[128];
        var blocks = new[] { Block };
        Allocation.AssertNone(() => RtcpWriter.WriteSenderReport(buffer, default, blocks, "avatar"u8));
    }
}
