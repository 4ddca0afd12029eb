using LiveAvatar.Media.Rtp;

namespace LiveAvatar.Media.Tests.Rtp;

[Trait("category", "vectors")]
public class RtpPacketViewTests
{
    [Fact]
    public void OneByteExtensions_AreFoundBehindCsrcs()
    {
        Assert.True(RtpPacketView.TryParse(Vectors.Read("opus-one-byte-extensions"), out var packet));

        Assert.Equal(111, packet.PayloadType);
        Assert.True(packet.Marker);
        Assert.Equal(65534, packet.SequenceNumber);
        Assert.Equal(0xFFFFFF00u, packet.Timestamp);
        Assert.Equal(0x11223344u, packet.Ssrc);
        Assert.Equal(12 + 4 + 4 + 24, packet.HeaderLength);
        Assert.Equal([0x78, 1, 2, 3], packet.Payload.ToArray());

        Assert.True(packet.TryGetExtension(1, out var mid));
        Assert.Equal("0"u8.ToArray(), mid.ToArray());
        Assert.True(packet.TryGetExtension(3, out var sequence));
        Assert.True(HeaderExtensionFormat.TryReadTransportSequence(sequence, out var transportSequence));
        Assert.Equal(43981, transportSequence);
        Assert.True(packet.TryGetExtension(6, out var captured));
        Assert.True(HeaderExtensionFormat.TryReadAbsCaptureTime(captured, out var ntp, out var clockOffset));
        Assert.Equal(0xE90A0B0C80000000, ntp);
        Assert.Equal(0, clockOffset);
        Assert.False(packet.TryGetExtension(4, out _));
        Assert.False(packet.TryGetExtension(0, out _));
        Assert.False(packet.TryGetExtension(200, out _));
    }

    [Fact]
    public void TwoByteExtensions_AreFoundWhilePaddingIsRemoved()
    {
        Assert.True(RtpPacketView.TryParse(Vectors.Read("two-byte-extensions-padded"), out var packet));

        Assert.Equal([0xAA, 0xBB, 0xCC], packet.Payload.ToArray());
        Assert.True(packet.TryGetExtension(16, out var empty));
        Assert.True(empty.IsEmpty);
        Assert.True(packet.TryGetExtension(200, out var value));
        Assert.Equal([1, 2, 3, 4, 5], value.ToArray());
    }

    [Theory]
    [InlineData("", "nothing")]
    [InlineData("80 60 0001 00000002 000003", "11 bytes")]
    [InlineData("40 60 0001 00000002 00000003", "version 1")]
    [InlineData("82 60 0001 00000002 00000003 00000004", "two CSRCs announced, one there")]
    [InlineData("90 60 0001 00000002 00000003 BEDE", "extension header cut")]
    [InlineData("90 60 0001 00000002 00000003 BEDE 0002 10300000", "extension longer than the packet")]
    [InlineData("A0 60 0001 00000002 00000003", "padding announced, no byte there")]
    [InlineData("A0 60 0001 00000002 00000003 0102 00", "padding of zero bytes")]
    [InlineData("A0 60 0001 00000002 00000003 0102 04", "padding longer than the payload")]
    public void Malformed_IsRejected(string hex, string why) =>
        Assert.False(RtpPacketView.TryParse(Vectors.Parse(hex), out _), why);

    [Fact]
    public void PaddingOnly_HasEmptyPayload()
    {
        Assert.True(RtpPacketView.TryParse(Vectors.Parse("A0 60 0001 00000002 00000003 000003"), out var packet));
        Assert.True(packet.Payload.IsEmpty);
    }

    [Theory]
    [InlineData("90 60 0001 00000002 00000003 BEDE 0001 10 41 F0 30", "reserved id 15 ends the search")]
    [InlineData("90 60 0001 00000002 00000003 BEDE 0001 10 41 3F 01", "element runs out of the block")]
    [InlineData("90 60 0001 00000002 00000003 1000 0001 01 01 41 03", "two-byte element without length")]
    public void MalformedElement_HidesOnlyWhatFollows(string hex, string why)
    {
        Assert.True(RtpPacketView.TryParse(Vectors.Parse(hex), out var packet), why);
        Assert.True(packet.TryGetExtension(1, out var value));
        Assert.Equal("A"u8.ToArray(), value.ToArray());
        Assert.False(packet.TryGetExtension(3, out _), why);
    }

    [Fact]
    public void UnknownProfile_HasNoElements()
    {
        Assert.True(RtpPacketView.TryParse(Vectors.Parse("90 60 0001 00000002 00000003 ABCD 0001 10 41 00 00"), out var packet));
        Assert.False(packet.TryGetExtension(1, out _));
    }

    [Fact]
    public void Parsing_AllocatesNothing()
    {
        var bytes = Vectors.Read("opus-one-byte-extensions");
        Allocation.AssertNone(() =>
        {
            var found = RtpPacketView.TryParse(bytes, out var packet) && packet.TryGetExtension(6, out _);
            Assert.True(found);
        });
    }
}
