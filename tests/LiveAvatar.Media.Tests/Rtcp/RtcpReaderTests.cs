using LiveAvatar.Media.Rtcp;

namespace LiveAvatar.Media.Tests.Rtcp;

[Trait("category", "vectors")]
public class RtcpReaderTests
{
    [Fact]
    public void Compound_IsReadPacketByPacket()
    {
        var reader = new RtcpReader(Vectors.Read("rtcp-compound-sr-rr-sdes-bye"));

        Assert.True(reader.TryRead(out var packet));
        Assert.Equal(RtcpKind.SenderReport, packet.Kind);
        Assert.True(packet.TryReadSenderReport(out var sender));
        Assert.Equal(new SenderReport(0x01020304, 0xE90A0B0C80000000, 65536, 100, 10000), sender);
        Assert.Equal(1, packet.ReportCount);
        Assert.True(packet.TryReadReport(0, out var block));
        Assert.Equal(new ReportBlock(0x0A0B0C0D, 64, -2, 0x1FFFF, 48, 0x0B0C8000, 0x8000), block);
        Assert.False(packet.TryReadReport(1, out _));
        Assert.False(packet.TryReadReport(-1, out _));

        Assert.True(reader.TryRead(out packet));
        Assert.Equal((RtcpKind.Other, 202), (packet.Kind, packet.Type));

        Assert.True(reader.TryRead(out packet));
        Assert.Equal(RtcpKind.ReceiverReport, packet.Kind);
        Assert.Equal(2, packet.ReportCount);
        Assert.True(packet.TryReadReport(1, out block));
        Assert.Equal((0x0A0B0C0Fu, 255, 0x7FFFFF), (block.Ssrc, block.FractionLost, block.CumulativeLost));

        Assert.True(reader.TryRead(out packet));
        Assert.Equal((RtcpKind.Bye, 0x01020304u), (packet.Kind, packet.SenderSsrc));
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void Feedback_IsReadByKind()
    {
        var reader = new RtcpReader(Vectors.Read("rtcp-feedback"));

        Assert.True(reader.TryRead(out var packet));
        Assert.Equal((RtcpKind.Nack, 2u), (packet.Kind, packet.MediaSsrc));
        var lost = new List<int>();
        foreach (var sequence in packet.NackedSequences)
        {
            lost.Add(sequence);
        }

        Assert.Equal([65534, 65535, 1, 10, 26], lost);

        Assert.True(reader.TryRead(out packet));
        Assert.Equal((RtcpKind.PictureLoss, 2u), (packet.Kind, packet.MediaSsrc));

        Assert.True(reader.TryRead(out packet));
        Assert.Equal(RtcpKind.FullIntraRequest, packet.Kind);
        Assert.True(packet.TryReadFullIntraRequest(2, out var command));
        Assert.Equal(7, command);
        Assert.False(packet.TryReadFullIntraRequest(3, out _));

        Assert.True(reader.TryRead(out packet));
        Assert.Equal(RtcpKind.ReceiverBandwidth, packet.Kind);
        Assert.True(packet.TryReadReceiverBandwidth(out var rate));
        Assert.Equal(1_000_000, rate);

        Assert.True(reader.TryRead(out packet));
        Assert.Equal((RtcpKind.Other, 0), (packet.Kind, packet.Body.Length));
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void TransportFeedback_TellsEachPacketOnce()
    {
        var reader = new RtcpReader(Vectors.Read("rtcp-transport-feedback"));
        Assert.True(reader.TryRead(out var packet));
        var entries = new TransportFeedbackEntry[64];
        Assert.True(TransportFeedback.TryRead(packet, entries, out var feedback));
        Assert.Equal(new TransportFeedback(65534, 19, 42), feedback);

        var told = entries[..19];
        Assert.Equal(Enumerable.Range(0, 19).Select(i => (ushort)(65534 + i)), told.Select(e => e.Sequence));
        Assert.Equal(
            [(65534, -63), (65535, -63), (0, 0.75), (2, 2.75), (4, 1.75), (5, 2.75), (8, 3.75), (9, 4.75)],
            told.Where(e => e.Received).Select(e => ((int)e.Sequence, e.Arrival.TotalMilliseconds)));
        Assert.All(told.Where(e => !e.Received), e => Assert.Equal(default, e.Arrival));
    }

    [Fact]
    public void TransportFeedbackLongerThanTheSpan_IsCutThere()
    {
        var reader = new RtcpReader(Vectors.Read("rtcp-transport-feedback"));
        Assert.True(reader.TryRead(out var packet));
        var entries = new TransportFeedbackEntry[5];
        Assert.True(TransportFeedback.TryRead(packet, entries, out var feedback));
        Assert.Equal(5, feedback.Count);
        Assert.Equal(2.75, entries[4].Arrival.TotalMilliseconds);
    }

    [Theory]
    [InlineData("8fcd0005 00000001 00000002 00000005 00000000 2005 0404", "five small deltas, two there")]
    [InlineData("8fcd0005 00000001 00000002 0000FFFF 00000000 3FFF 0000", "65535 promised, the chunks cover 8191")]
    [InlineData("8fcd0005 00000001 00000002 00000001 00000000 6001 0404", "reserved status 3")]
    [InlineData("8fcd0004 00000001 00000002 00000001 00000000", "no chunk")]
    [InlineData("8fcd0005 00000001 00000002 00000001 00000000 0000 0000", "runs of length zero")]
    public void LyingTransportFeedback_IsRejected(string hex, string why)
    {
        var reader = new RtcpReader(Vectors.Parse(hex));
        Assert.True(reader.TryRead(out var packet), why);
        Assert.False(TransportFeedback.TryRead(packet, new TransportFeedbackEntry[65536], out _), why);
    }

    [Theory]
    [InlineData("81c80001 00000001", "SR without sender information")]
    [InlineData("81cd0001 00000001", "NACK without media SSRC")]
    [InlineData("8fce0003 00000001 00000000 52454d42", "REMB without bitrate")]
    public void BodyTooShortForItsKind_IsOther(string hex, string why)
    {
        var reader = new RtcpReader(Vectors.Parse(hex));
        Assert.True(reader.TryRead(out var packet), why);
        Assert.Equal(RtcpKind.Other, packet.Kind);
        Assert.Equal(0, packet.ReportCount);
    }

    [Fact]
    public void LyingReportCount_GivesOnlyWhatIsThere()
    {
        var reader = new RtcpReader(Vectors.Parse("9fc90007 00000001" + new string('1', 48)));
        Assert.True(reader.TryRead(out var packet));
        Assert.Equal(1, packet.ReportCount);
        Assert.True(packet.TryReadReport(0, out _));
        Assert.False(packet.TryReadReport(1, out _));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 0x3FFFF, 0x3FFFF)]
    [InlineData(45, 0x3FFFF, 0x3FFFFL << 45)]
    [InlineData(46, 0x3FFFF, long.MaxValue)]
    [InlineData(63, 1, long.MaxValue)]
    [InlineData(63, 0, 0)]
    public void ReceiverBandwidth_Saturates(int exponent, int mantissa, long expected)
    {
        var bits = 0x01000000u | ((uint)exponent << 18) | (uint)mantissa;
        var reader = new RtcpReader(Vectors.Parse($"8fce0004 00000001 00000000 52454d42 {bits:x8}"));
        Assert.True(reader.TryRead(out var packet));
        Assert.True(packet.TryReadReceiverBandwidth(out var rate));
        Assert.Equal(expected, rate);
    }

    [Fact]
    public void Rtcp_IsToldFromRtp()
    {
        Assert.True(RtcpReader.IsRtcp([0x80, 200, 0, 0]));
        Assert.False(RtcpReader.IsRtcp([0x80, 0x80 | 111, 0, 0])); // Opus with marker
        Assert.False(RtcpReader.IsRtcp([0x80, 0x80 | 63, 0, 0]));
        Assert.False(RtcpReader.IsRtcp([0x80, 200, 0]));
        Assert.False(RtcpReader.IsRtcp([0x16, 200, 0, 0])); // DTLS
    }

    [Fact]
    public void Reading_AllocatesNothing()
    {
        var feedback = Vectors.Read("rtcp-feedback");
        var transport = Vectors.Read("rtcp-transport-feedback");
        var entries = new TransportFeedbackEntry[64];
        Allocation.AssertNone(() =>
        {
            var reader = new RtcpReader(feedback);
            var count = 0;
            while (reader.TryRead(out var packet))
            {
                foreach (var sequence in packet.NackedSequences)
                {
                    count += sequence;
                }
            }

            reader = new RtcpReader(transport);
            Assert.True(reader.TryRead(out var told) && TransportFeedback.TryRead(told, entries, out _) && count > 0);
        });
    }
}
