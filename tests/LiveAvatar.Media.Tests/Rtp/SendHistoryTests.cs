using LiveAvatar.Media.Rtp;

namespace LiveAvatar.Media.Tests.Rtp;

[Trait("category", "unit")]
public sealed class SendHistoryTests : IDisposable
{
    private static readonly TimeSpan NoTrip = TimeSpan.Zero;

    private readonly SendHistory _history = new(TimeSpan.FromMilliseconds(500), maxPackets: 8, maxPayload: 10);

    public void Dispose() => _history.Dispose();

    [Fact]
    public void SentPacket_IsFoundWithItsHeader()
    {
        Assert.True(_history.Add(new RtpHeader(96, true, 65535, 7, 8), [1, 2, 3], Ms(0)));
        Assert.True(_history.TryGet(65535, Ms(500), NoTrip, out var packet));
        Assert.Equal(new RtpHeader(96, true, 65535, 7, 8), packet.Header);
        Assert.Equal([1, 2, 3], packet.Payload.ToArray());
    }

    [Fact]
    public void OlderThanKept_IsUnknown()
    {
        Send(1, Ms(0));
        Assert.False(_history.TryGet(1, Ms(501), NoTrip, out _));
        Assert.Equal(1, _history.UnknownCount);
    }

    [Fact]
    public void NeverSent_IsUnknown()
    {
        Assert.False(_history.TryGet(0, Ms(0), NoTrip, out _)); // number 0 too, though its slot starts as zeros
        Send(1, Ms(0));
        Assert.False(_history.TryGet(2, Ms(0), NoTrip, out _));
        Assert.False(_history.TryGet(9, Ms(0), NoTrip, out _)); // the slot of 1
        Assert.Equal(3, _history.UnknownCount);
    }

    [Fact]
    public void FullHistory_ForgetsTheOldest()
    {
        for (var n = 0; n < 9; n++)
        {
            Send((ushort)(65530 + n), Ms(0));
        }

        Assert.False(_history.TryGet(65530, Ms(1), NoTrip, out _));
        Assert.True(_history.TryGet(65531, Ms(1), NoTrip, out _));
        Assert.True(_history.TryGet(2, Ms(1), NoTrip, out _)); // across the wrap
    }

    [Fact]
    public void RepeatedRequest_IsAnsweredOncePerRoundTrip()
    {
        var trip = TimeSpan.FromMilliseconds(50);
        Send(1, Ms(0));
        (int At, bool Resent)[] rows = [(10, true), (10, false), (59, false), (60, true), (100, false), (110, true)];
        Assert.All(rows, row => Assert.Equal(row.Resent, _history.TryGet(1, Ms(row.At), trip, out _)));
        Assert.Equal(3, _history.ThrottledCount);
        Assert.Equal(0, _history.UnknownCount);
    }

    [Fact]
    public void ShortRoundTrip_StillSpacesBy5Ms()
    {
        Send(1, Ms(0));
        (int At, bool Resent)[] rows = [(1, true), (5, false), (6, true)];
        Assert.All(rows, row => Assert.Equal(row.Resent, _history.TryGet(1, Ms(row.At), NoTrip, out _)));
    }

    [Fact]
    public void NumberUsedAgain_StartsAfresh()
    {
        Send(1, Ms(0));
        Assert.True(_history.TryGet(1, Ms(1), NoTrip, out _));
        Send(1, Ms(2));
        Assert.True(_history.TryGet(1, Ms(3), NoTrip, out _));
    }

    [Fact]
    public void TooLongPayload_IsNotKept()
    {
        Send(1, Ms(0));
        Assert.False(_history.Add(new RtpHeader(96, false, 9, 0, 0), new byte[11], Ms(0)));
        Assert.False(_history.TryGet(9, Ms(0), NoTrip, out _));
        Assert.False(_history.TryGet(1, Ms(0), NoTrip, out _)); // its slot was given up with it
    }

    [Fact]
    public void DisposedHistory_KeepsNothing()
    {
        Send(1, Ms(0));
        _history.Dispose();
        Assert.False(_history.TryGet(1, Ms(1), NoTrip, out _));
        Assert.False(_history.Add(new RtpHeader(96, false, 2, 0, 0), [1], Ms(1)));
    }

    [Fact]
    public void Retransmission_CarriesTheOriginalNumber()
    {
        _history.Add(new RtpHeader(96, true, 0xABCD, 1234, 8), [1, 2, 3], Ms(0));
        Assert.True(_history.TryGet(0xABCD, Ms(1), NoTrip, out var original));
        var writer = new RtxWriter(ssrc: 99, payloadType: 97, firstSequence: 65535);
        var buffer = new byte[64];
        var length = writer.Write(buffer, original, new HeaderExtensionIds(0, 0, 3, 0, 0), default, out var offsets);
        offsets.StampTransportSequence(buffer, 0x0102);

        Assert.True(RtpPacketView.TryParse(buffer.AsSpan(0, length), out var packet));
        Assert.Equal((97, true, 65535, 1234u, 99u),
            (packet.PayloadType, packet.Marker, packet.SequenceNumber, packet.Timestamp, packet.Ssrc));
        Assert.True(packet.TryGetExtension(3, out var sequence));
        Assert.Equal([1, 2], sequence.ToArray());
        Assert.True(RtxWriter.TryReadPayload(packet.Payload, out var originalSequence, out var payload));
        Assert.Equal(0xABCD, originalSequence);
        Assert.Equal([1, 2, 3], payload.ToArray());
        Assert.Equal(0, writer.NextSequence);
    }

    [Fact]
    public void ProbeWithoutNumber_IsNoRetransmission() => Assert.False(RtxWriter.TryReadPayload([1], out _, out _));

    [Fact]
    public void SendingAndResending_AllocatesNothing()
    {
        var writer = new RtxWriter(99, 97);
        var buffer = new byte[64];
        var payload = new byte[10];
        ushort n = 0;
        Allocation.AssertNone(() =>
        {
            _history.Add(new RtpHeader(96, false, n, 0, 8), payload, Ms(n));
            Assert.True(_history.TryGet(n, Ms(n), NoTrip, out var packet));
            writer.Write(buffer, packet, default, default, out _);
            n++;
        });
    }

    private void Send(ushort sequence, TimeSpan now) => _history.Add(new RtpHeader(96, false, sequence, 0, 8), [1], now);

    private static TimeSpan Ms(double ms) => TimeSpan.FromMilliseconds(ms);
}
