using FsCheck;
using FsCheck.Fluent;
using LiveAvatar.Media.Rtp;

namespace LiveAvatar.Media.Tests.Rtp;

[Trait("category", "unit")]
public class RtpPacketWriterTests
{
    private static readonly byte[] Mid = "video"u8.ToArray();

    private static readonly HeaderExtensionIds Ids = new(Mid: 1, AbsSendTime: 2, TransportSequence: 3, PlayoutDelay: 5, AbsCaptureTime: 14);

    private static readonly HeaderExtensionValues Values = new()
    {
        Mid = Mid,
        AbsSendTimeNtp = 0x0000_0000_8000_0000, // half a second
        TransportSequence = 0xFFFE,
        PlayoutDelay = new PlayoutDelay(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(500)),
        AbsCaptureTimeNtp = 0xE90A0B0C_0D0E0F10,
        CaptureClockOffset = -5,
    };

    [Fact]
    public void AllExtensions_ReadBack()
    {
        var buffer = new byte[RtpPacketWriter.MaxHeaderLength];
        var length = RtpPacketWriter.WriteHeader(buffer, new RtpHeader(96, true, 65535, 0xFFFFFFFF, 0xCAFEBABE), Ids, Values);

        Assert.True(RtpPacketView.TryParse(buffer.AsSpan(0, length), out var packet));
        Assert.Equal(length, packet.HeaderLength);
        Assert.True(packet.Payload.IsEmpty);
        Assert.Equal((96, true, 65535, 0xFFFFFFFFu, 0xCAFEBABEu),
            (packet.PayloadType, packet.Marker, packet.SequenceNumber, packet.Timestamp, packet.Ssrc));
        AssertExtensions(packet, Ids);
    }

    [Fact]
    public void IdAbove14_TurnsAllToTheTwoByteForm()
    {
        var ids = Ids with { AbsCaptureTime = 15 };
        var buffer = new byte[80];
        var length = RtpPacketWriter.WriteHeader(buffer, new RtpHeader(96, false, 1, 2, 3), ids, Values);

        Assert.Equal([0x10, 0x00], buffer[12..14]);
        Assert.True(RtpPacketView.TryParse(buffer.AsSpan(0, length), out var packet));
        AssertExtensions(packet, ids);
    }

    [Fact]
    public void NothingNegotiated_WritesTheBareHeader()
    {
        var buffer = new byte[12];
        Assert.Equal(12, RtpPacketWriter.WriteHeader(buffer, new RtpHeader(0, false, 1, 2, 3), default, Values));
        Assert.Equal(0x80, buffer[0]);
    }

    [Fact]
    public void NegotiatedWithoutValue_IsLeftOut()
    {
        var buffer = new byte[64];
        var length = RtpPacketWriter.WriteHeader(buffer, new RtpHeader(0, false, 1, 2, 3), Ids, default);
        Assert.True(RtpPacketView.TryParse(buffer.AsSpan(0, length), out var packet));

        Assert.False(packet.TryGetExtension(1, out _));
        Assert.False(packet.TryGetExtension(5, out _));
        Assert.False(packet.TryGetExtension(14, out _));
        Assert.True(packet.TryGetExtension(3, out _));
    }

    [Fact]
    public void LongestValues_FitMaxHeaderLength()
    {
        var buffer = new byte[RtpPacketWriter.MaxHeaderLength];
        var length = RtpPacketWriter.WriteHeader(buffer, default, Ids, Values with { Mid = new byte[16] });
        Assert.Equal(RtpPacketWriter.MaxHeaderLength, length);
    }

    [Fact]
    public void TooShortBuffer_IsOurFault()
    {
        for (var size = 0; size < 56; size++)
        {
            Assert.ThrowsAny<ArgumentException>(() => RtpPacketWriter.WriteHeader(new byte[size], default, Ids, Values with { Mid = new byte[12] }));
        }
    }

    [Fact]
    public void Stamps_ChangeNothingElse()
    {
        var stamped = new byte[64];
        var length = RtpPacketWriter.WriteHeader(stamped, new RtpHeader(96, false, 1, 2, 3), Ids, Values, out var offsets);
        offsets.StampTransportSequence(stamped, 0x1234);
        offsets.StampAbsSendTime(stamped, 0x0000_0001_4000_0000);

        var direct = new byte[64];
        RtpPacketWriter.WriteHeader(direct, new RtpHeader(96, false, 1, 2, 3), Ids,
            Values with { TransportSequence = 0x1234, AbsSendTimeNtp = 0x0000_0001_4000_0000 });
        Assert.Equal(direct, stamped);
        Assert.True(length > 12);
    }

    [Fact]
    public void StampsOfABarePacket_DoNothing()
    {
        var buffer = new byte[12];
        RtpPacketWriter.WriteHeader(buffer, new RtpHeader(96, false, 1, 2, 3), default, default, out var offsets);
        var before = buffer.ToArray();
        offsets.StampTransportSequence(buffer, 0x1234);
        offsets.StampAbsSendTime(buffer, ulong.MaxValue);
        Assert.Equal(before, buffer);
    }

    [Theory]
    [InlineData(0x0000_0000_0000_0000, 0)]
    [InlineData(0x0000_0001_0000_0000, 1 << 18)]
    [InlineData(0x0000_003F_FFFF_FFFF, 0xFFFFFF)]
    [InlineData(0x0000_0040_0000_0000, 0)] // wraps each 64 s
    public void AbsSendTime_IsSixDotEighteenSeconds(ulong ntp, uint expected)
    {
        var bytes = new byte[3];
        HeaderExtensionFormat.WriteAbsSendTime(bytes, ntp);
        Assert.True(HeaderExtensionFormat.TryReadAbsSendTime(bytes, out var read));
        Assert.Equal(expected, read);
    }

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(-10, 4, 0, 0)]
    [InlineData(5, 14, 10, 10)]
    [InlineData(20, 99_999, 20, 40_950)]
    public void PlayoutDelay_IsRoundedAndClamped(int min, int max, int readMin, int readMax)
    {
        var bytes = new byte[3];
        HeaderExtensionFormat.WritePlayoutDelay(bytes, new PlayoutDelay(TimeSpan.FromMilliseconds(min), TimeSpan.FromMilliseconds(max)));
        Assert.True(HeaderExtensionFormat.TryReadPlayoutDelay(bytes, out var read));
        Assert.Equal(new PlayoutDelay(TimeSpan.FromMilliseconds(readMin), TimeSpan.FromMilliseconds(readMax)), read);
    }

    [Fact]
    public void AnyHeader_ReadsBack() => Prop.ForAll<ushort, uint, uint>((sequence, timestamp, ssrc) =>
    {
        var header = new RtpHeader((int)(ssrc >> 7) & 0x7F, (ssrc & 1) != 0, sequence, timestamp, ssrc);
        var buffer = new byte[64];
        var length = RtpPacketWriter.WriteHeader(buffer, header, Ids, Values);
        return RtpPacketView.TryParse(buffer.AsSpan(0, length), out var read) && header == new RtpHeader(read.PayloadType, read.Marker, read.SequenceNumber, read.Timestamp, read.Ssrc);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Writing_AllocatesNothing()
    {
        var buffer = new byte[64];
        Allocation.AssertNone(() =>
        {
            RtpPacketWriter.WriteHeader(buffer, new RtpHeader(96, true, 1, 2, 3), Ids, Values, out var offsets);
            offsets.StampTransportSequence(buffer, 7);
            offsets.StampAbsSendTime(buffer, 7);
        });
    }

    private static void AssertExtensions(RtpPacketView packet, HeaderExtensionIds ids)
    {
        Assert.True(packet.TryGetExtension(ids.Mid, out var mid));
        Assert.Equal(Mid, mid.ToArray());
        Assert.True(packet.TryGetExtension(ids.TransportSequence, out var sequence));
        Assert.Equal([0xFF, 0xFE], sequence.ToArray());
        Assert.True(packet.TryGetExtension(ids.AbsSendTime, out var sent));
        Assert.Equal([0x02, 0x00, 0x00], sent.ToArray());
        Assert.True(packet.TryGetExtension(ids.PlayoutDelay, out var delay));
        Assert.Equal([0x00, 0x20, 0x32], delay.ToArray());
        Assert.True(packet.TryGetExtension(ids.AbsCaptureTime, out var captured));
        Assert.True(HeaderExtensionFormat.TryReadAbsCaptureTime(captured, out var ntp, out var clockOffset));
        Assert.Equal((0xE90A0B0C_0D0E0F10, -5L), (ntp, clockOffset));
    }
}
