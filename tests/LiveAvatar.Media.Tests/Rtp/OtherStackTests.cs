using LiveAvatar.Media.Rtcp;
using LiveAvatar.Media.Rtp;

namespace LiveAvatar.Media.Tests.Rtp;

/// <summary>Reads what aiortc wrote, and writes what aiortc would.</summary>
[Trait("category", "vectors")]
public class OtherStackTests
{
    [Fact]
    public void AiortcRtp_IsRead()
    {
        Assert.True(RtpPacketView.TryParse(Vectors.Read("aiortc-rtp"), out var packet));
        Assert.Equal((111, true, 65533, 4294966000u, 305419896u),
            (packet.PayloadType, packet.Marker, packet.SequenceNumber, packet.Timestamp, packet.Ssrc));
        Assert.Equal("\u0078voice"u8.ToArray(), packet.Payload.ToArray());
        Assert.True(packet.TryGetExtension(4, out var mid));
        Assert.Equal("audio"u8.ToArray(), mid.ToArray());
        Assert.True(packet.TryGetExtension(2, out var sent));
        Assert.True(HeaderExtensionFormat.TryReadAbsSendTime(sent, out var fixedPoint));
        Assert.Equal(0x123456u, fixedPoint);
    }

    [Fact]
    public void AiortcRtcp_IsRead()
    {
        var reader = new RtcpReader(Vectors.Read("aiortc-rtcp"));
        Assert.True(reader.TryRead(out var packet));
        Assert.True(packet.TryReadSenderReport(out var report));
        Assert.Equal(new SenderReport(5, 0xE90A0B0C0D0E0F10, 90000, 55, 66000), report);
        Assert.True(packet.TryReadReport(0, out var block));
        Assert.Equal(new ReportBlock(7, 12, -345, 0x1FFFE, 99, 1234567, 65536), block);

        Assert.True(reader.TryRead(out _)); // SDES
        Assert.True(reader.TryRead(out packet));
        var lost = new List<int>();
        foreach (var sequence in packet.NackedSequences)
        {
            lost.Add(sequence);
        }

        Assert.Equal([9, 10, 14, 25, 26, 65535], lost);
        Assert.True(reader.TryRead(out packet));
        Assert.Equal((RtcpKind.PictureLoss, 7u), (packet.Kind, packet.MediaSsrc));
        Assert.True(reader.TryRead(out packet));
        Assert.True(packet.TryReadReceiverBandwidth(out var rate));
        Assert.Equal(2_500_000, rate);
        Assert.True(reader.TryRead(out packet));
        Assert.Equal((RtcpKind.Bye, 5u), (packet.Kind, packet.SenderSsrc));
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void SenderReport_IsWrittenAsByAiortc()
    {
        var buffer = new byte[128];
        var length = RtcpWriter.WriteSenderReport(buffer, new SenderReport(5, 0xE90A0B0C0D0E0F10, 90000, 55, 66000),
            [new ReportBlock(7, 12, -345, 0x1FFFE, 99, 1234567, 65536)], "{cname}"u8);
        Assert.Equal(Vectors.Read("aiortc-rtcp")[..length], buffer[..length]);
    }

    [Fact]
    public void Vp8Descriptor_IsWrittenAsByAiortc()
    {
        var packetizer = new Vp8Packetizer(temporalLayers: true, firstPictureId: 4710);
        var payload = new byte[32];
        Assert.True(packetizer.Start([1]).TryNext(payload, out _, out _));
        Assert.True(packetizer.Start([1], temporalLayer: 1, layerSync: true).TryNext(payload, out var length, out _));
        Assert.Equal(Vectors.Read("aiortc-vp8-descriptor"), payload[..(length - 1)]);
    }
}
