using System.Buffers.Binary;
using LiveAvatar.Media.Rtcp;
using LiveAvatar.Media.Rtp;
using LiveAvatar.Media.Timing;

namespace LiveAvatar.Rtc.Tests.Session;

public sealed class MediaTests
{
    /// <summary>REMB (draft-alvestrand-rmcat-remb-03): one SSRC, 2^2 x 200000 bit/s.</summary>
    private static readonly byte[] ReceiverBandwidth800k =
        [0x8F, 206, 0, 5, 0, 0, 3, 0xE9, 0, 0, 0, 0, (byte)'R', (byte)'E', (byte)'M', (byte)'B', 1, 0x0B, 0x0D, 0x40, 0, 0, 0, 1];

    [Fact]
    public async Task UplinkAudio_ReachesTheObserver()
    {
        await using var call = await Call.ConnectAsync();
        for (var index = 0; index < 5; index++)
        {
            call.Client.SendAudio((ushort)(65534 + index), (uint)(index * 960), [7, (byte)index]);
        }

        await Call.Until(() => call.Observer.Audio.Count == 5, "five packets");
        Assert.Equal([65534, 65535, 65536, 65537, 65538], call.Observer.Audio.Select(packet => packet.Sequence));
        Assert.Equal([0, 960, 1920, 2880, 3840], call.Observer.Audio.Select(packet => packet.Timestamp));
        Assert.Equal([7, 3], call.Observer.Audio.ElementAt(3).Payload);
        Assert.Equal(5, call.Peer.GetStats().PacketsReceived);
    }

    [Fact]
    public async Task CaptureTime_IsCarriedForwardBetweenStamps()
    {
        await using var call = await Call.ConnectAsync();
        var captured = NtpTime.FromDateTime(DateTimeOffset.UtcNow);
        call.Client.SendAudio(1, 1000, [1]);
        call.Client.SendAudio(2, 1000 + 480, [1], captureNtp: captured);
        call.Client.SendAudio(3, 1000 + 48480, [1]);
        await Call.Until(() => call.Observer.Audio.Count == 3, "three packets");
        Assert.Equal([0, captured, captured + (1UL << 32)], call.Observer.Audio.Select(packet => packet.CaptureNtp));
    }

    [Fact]
    public async Task CaptureClockOffset_ComesFromSenderReports()
    {
        await using var call = await Call.ConnectAsync();
        call.Client.SendAudio(1, 960, [1]);
        await Call.Until(() => call.Observer.Audio.Count == 1, "audio");
        Assert.Null(call.Observer.Audio.First().Offset);

        // The peer's clock is 100 s behind.
        var buffer = new byte[200];
        var report = new SenderReport(1001, NtpTime.FromDateTime(DateTimeOffset.UtcNow.AddSeconds(-100)), 960, 1, 1);
        call.Client.SendRtcp(buffer.AsSpan(0, RtcpWriter.WriteSenderReport(buffer, report, default, "peer"u8)));
        await Task.Delay(50, TestContext.Current.CancellationToken);
        call.Client.SendAudio(2, 1920, [1]);
        await Call.Until(() => call.Observer.Audio.Count == 2, "audio after the report");
        Assert.InRange(call.Observer.Audio.Last().Offset!.Value / 4294967296.0, 99.9, 100.5);
    }

    [Fact]
    public async Task VideoFrame_ArrivesWhole()
    {
        await using var call = await Call.ConnectAsync();
        call.Peer.SetPlayoutDelay(TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
        var frame = Frame(5000);
        var captured = NtpTime.FromDateTime(DateTimeOffset.UtcNow);
        call.Peer.SendVideo(frame, 90_000, keyFrame: true, 0, captured, 5);
        var packets = await VideoPackets(call, 5);
        Assert.Equal(frame, packets.SelectMany(packet => packet.Payload[4..]));
        Assert.Equal([false, false, false, false, true], packets.Select(packet => packet.Marker));
        Assert.Single(packets.Select(packet => packet.Timestamp).Distinct());
        Assert.Equal("1"u8.ToArray(), packets[0].Extension(4));
        Assert.Equal([0, 0, 10], packets[0].Extension(5));
        Assert.True(HeaderExtensionFormat.TryReadAbsCaptureTime(packets[0].Extension(7), out var ntp, out var offset));
        Assert.Equal((captured, 5), (ntp, offset));
        Assert.True(HeaderExtensionFormat.TryReadAbsSendTime(packets[0].Extension(2), out var sendTime));
        Assert.InRange(sendTime / 262144.0, 0, 64);
    }

    [Fact]
    public async Task DeltaFrames_WaitForTheFirstKeyFrame()
    {
        await using var call = await Call.ConnectAsync();
        call.Peer.SendVideo(Frame(100), 0, keyFrame: false, 0, 0);
        call.Peer.SendVideo(Frame(200), 3600, keyFrame: true, 0, 0);
        var packets = await VideoPackets(call, 1);
        Assert.Equal(204, packets[0].Payload.Length);
        Assert.Equal(1, call.Observer.KeyFrameRequests);
    }

    [Fact]
    public async Task KeyFrame_IsSpread_DeltaIsNot()
    {
        await using var call = await Call.ConnectAsync();
        call.Peer.SendVideo(Frame(30_000), 0, keyFrame: true, 0, 0);
        var key = await VideoPackets(call, 27);
        Assert.InRange((key[^1].Arrived - key[0].Arrived).TotalMilliseconds, 40, 400);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        call.Client.Packets.Clear();
        call.Peer.SendVideo(Frame(8000), 3600, keyFrame: false, 0, 0);
        var delta = await VideoPackets(call, 7);
        Assert.InRange((delta[^1].Arrived - delta[0].Arrived).TotalMilliseconds, 0, 40);
    }

    [Fact]
    public async Task TransportNumbers_CountAllStreamsInOrderOfSending()
    {
        await using var call = await Call.ConnectAsync();
        for (var index = 0; index < 20; index++)
        {
            call.Peer.SendVideo(Frame(2500), index * 3600, index == 0, 0, 0);
            call.Peer.SendAudio([1, 2, 3], index * 1920, index == 0, 0);
        }

        await Call.Until(() => call.Client.Packets.Count == 80, "80 packets");
        var numbers = call.Client.Packets.Select(packet => BinaryPrimitives.ReadUInt16BigEndian(packet.Extension(3))).ToArray();
        Assert.Equal(Enumerable.Range(0, 80).Select(number => (ushort)number), numbers);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LostPacket_IsSentAgain(bool rtx)
    {
        var arrivals = 0;
        await using var call = await Call.ConnectAsync(client: client =>
        {
            client.Offer = client.Offer with { Rtx = rtx };
            client.Loses = type => type == TestOffer.VideoType && ++arrivals == 2;
        });
        call.Peer.SendVideo([1], 0, keyFrame: true, 0, 0);
        call.Peer.SendVideo([2], 3600, keyFrame: false, 0, 0);
        call.Peer.SendVideo([3], 7200, keyFrame: false, 0, 0);
        await Call.Until(() => call.Client.Packets.Count == 2, "first and third packet");
        var first = call.Client.Packets.First();
        Assert.Equal([(byte)1, 3], call.Client.Packets.Select(packet => packet.Payload[4]));
        call.Client.Loses = null;
        call.Client.SendNack(first.Ssrc, (ushort)(first.Sequence + 1));
        await Call.Until(() => call.Client.Packets.Count == 3, "the repair");
        var repair = call.Client.Packets.Last();
        Assert.Equal(rtx ? TestOffer.RtxType : TestOffer.VideoType, repair.PayloadType);
        Assert.Equal(first.Timestamp + 3600, repair.Timestamp);
        Assert.Equal(2, repair.Payload[^1]);
        if (rtx)
        {
            Assert.Equal((ushort)(first.Sequence + 1), BinaryPrimitives.ReadUInt16BigEndian(repair.Payload));
            Assert.NotEqual(first.Ssrc, repair.Ssrc);
        }

        Assert.Equal(1, call.Peer.GetStats().Retransmissions);
    }

    [Fact]
    public async Task ReportedLoss_MakesTheLastPacketOfAFrameGoOutTwice()
    {
        await using var call = await Call.ConnectAsync();
        await ReportLossAsync(call);
        call.Client.Loses = type => type == TestOffer.VideoType;
        call.Peer.SendVideo([2], 3600, keyFrame: false, 0, 0);
        await Call.Until(() => call.Client.Packets.Any(packet => packet.PayloadType == TestOffer.RtxType), "the repeat");
        Assert.Equal(2, call.Client.Packets.Last().Payload[^1]);
    }

    [Fact]
    public async Task ReportedLoss_OfANarrowPath_RepeatsNothing()
    {
        await using var call = await Call.ConnectAsync(peer: new PeerOptions { ReceiveAudio = true, VideoBitrate = 1_600_000 });
        call.Client.SendRtcp(ReceiverBandwidth800k);
        await Call.Until(() => call.Peer.TargetBitrate == 800_000, "the limit");
        await ReportLossAsync(call);
        call.Peer.SendVideo([2], 3600, keyFrame: false, 0, 0);
        call.Peer.SendVideo([3], 7200, keyFrame: false, 0, 0);
        await VideoPackets(call, 3);
        Assert.Equal(0, call.Peer.GetStats().Retransmissions);
    }

    [Fact]
    public async Task NacksForTheUnknown_AreCountedAndIgnored()
    {
        await using var call = await Call.ConnectAsync();
        call.Peer.SendVideo([1], 0, keyFrame: true, 0, 0);
        var packet = (await VideoPackets(call, 1))[0];
        call.Client.SendNack(packet.Ssrc, (ushort)(packet.Sequence + 1000), (ushort)(packet.Sequence - 1));
        call.Client.SendNack(4711, packet.Sequence);
        await Call.Until(() => call.Peer.GetStats().NackedPackets == 2, "the count");
        Assert.Equal(0, call.Peer.GetStats().Retransmissions);
    }

    [Fact]
    public async Task PictureLosses_AreThrottled()
    {
        await using var call = await Call.ConnectAsync();
        call.Peer.SendVideo([1], 0, keyFrame: true, 0, 0);
        var ssrc = (await VideoPackets(call, 1))[0].Ssrc;
        for (var index = 0; index < 10; index++)
        {
            call.Client.SendPictureLoss(ssrc);
        }

        await Call.Until(() => call.Peer.GetStats().KeyFrameRequests == 10, "ten requests counted");
        Assert.Equal(2, call.Observer.KeyFrameRequests); // one after connecting, one for all ten
        await Task.Delay(250, TestContext.Current.CancellationToken);
        call.Client.SendPictureLoss(ssrc);
        await Call.Until(() => call.Observer.KeyFrameRequests == 3, "the next one");
        call.Client.SendPictureLoss(4711);
        await Task.Delay(250, TestContext.Current.CancellationToken);
        Assert.Equal(3, call.Observer.KeyFrameRequests);
    }

    [Fact]
    public async Task SenderReports_TellOneTimelineForBothStreams()
    {
        await using var call = await Call.ConnectAsync();
        var start = Environment.TickCount64;
        while (Environment.TickCount64 - start < 1500)
        {
            var media = Environment.TickCount64 - start + 5000;
            call.Peer.SendVideo([1], media * 90, keyFrame: true, 0, 0);
            call.Peer.SendAudio([1], media * 48, false, 0);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        var video = SenderReports(call, Ssrc(call, TestOffer.VideoType));
        var audio = SenderReports(call, Ssrc(call, TestOffer.OpusType));
        Assert.True(video.Count >= 2 && audio.Count >= 2);
        var now = NtpTime.FromDateTime(DateTimeOffset.UtcNow);
        Assert.InRange(NtpTime.Difference(now, video[^1].Ntp).TotalSeconds, -0.1, 2);
        Assert.True(video[^1].PacketCount > video[0].PacketCount);

        // Media time by each stream's first packet and report: wall clock minus media time is the same line for both, the sound's 30 ms later.
        var videoZero = Zero(call, TestOffer.VideoType, video, 90_000);
        var audioZero = Zero(call, TestOffer.OpusType, audio, 48_000);
        Assert.All(videoZero, zero => Assert.InRange(NtpTime.Difference(zero, videoZero[0]).TotalMilliseconds, -0.5, 0.5));
        Assert.All(audioZero, zero => Assert.InRange(NtpTime.Difference(zero, videoZero[0]).TotalMilliseconds, 29.5, 30.5));
    }

    [Fact]
    public async Task ReceiverReport_TellsTheLossOfTheUplink()
    {
        await using var call = await Call.ConnectAsync();
        for (var index = 0; index < 100; index++)
        {
            if (index % 10 != 5)
            {
                call.Client.SendAudio((ushort)index, (uint)(index * 960), [1]);
            }
        }

        await Call.Until(() => Blocks(call).Count > 0, "a report block");
        var block = Blocks(call)[0];
        Assert.Equal(1001u, block.Ssrc);
        Assert.Equal(10, block.CumulativeLost);
        Assert.Equal(10, call.Peer.GetStats().PacketsLostInbound);
    }

    [Fact]
    public async Task FivePercentLoss_IsFullyRepaired()
    {
        var impairment = new LinkImpairment { Seed = 12, Loss = 0.05, Delay = TimeSpan.FromMilliseconds(10), Jitter = TimeSpan.FromMilliseconds(10) };
        // 2.4 Mbit/s, and what jitter makes the client ask for in vain, are within what the path is said to bear.
        var options = new PeerOptions { ReceiveAudio = true, VideoBitrate = 5_000_000 };
        await using var call = await Call.ConnectAsync(Call.Options with { Impairment = impairment }, client => client.SendsNacks = true, options);
        for (var frame = 0; frame < 150; frame++)
        {
            call.Peer.SendVideo(Frame(3000), frame * 3600, keyFrame: frame == 0, 0, 0);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        // The very last packets cannot be missed by gaps: a few more frames show them.
        for (var frame = 150; frame < 170; frame++)
        {
            call.Peer.SendVideo([9], frame * 3600, keyFrame: false, 0, 0);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        await Call.Until(() => Received(call).Count >= 450, "all 450 packets of the frames");
        var stats = call.Peer.GetStats();
        Assert.InRange(stats.Retransmissions, 8, 300);
        var originals = call.Client.Packets.Count(packet => packet.PayloadType == TestOffer.VideoType);
        Assert.True(originals < 465, $"the link lost nothing: {originals}");
    }

    [Fact]
    public async Task Feedback_IsCounted()
    {
        await using var call = await Call.ConnectAsync();
        // draft-holmer-rmcat-transport-wide-cc-extensions-01: base 0, 4 packets: three with a small delta, one missing.
        call.Client.SendRtcp([0x8F, 205, 0, 6, 0, 0, 3, 0xE9, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 0, 0x20, 3, 0, 1, 4, 4, 4, 0]);
        call.Client.SendRtcp(ReceiverBandwidth800k);
        await Call.Until(() => call.Peer.GetStats() is { ReceiverBandwidth: > 0 }, "REMB");
        var stats = call.Peer.GetStats();
        Assert.Equal(800_000, stats.ReceiverBandwidth);
        Assert.Equal((1, 3, 1), (stats.TransportFeedbacks, stats.TransportPacketsReceived, stats.TransportPacketsLost));
    }

    [Fact]
    public async Task NarrowPath_GetsTheBaseLayerAlone()
    {
        await using var call = await Call.ConnectAsync(
            peer: new PeerOptions { ReceiveAudio = true, TemporalLayers = true, VideoBitrate = 1_600_000 });
        call.Client.SendRtcp(ReceiverBandwidth800k);
        await Call.Until(() => call.Peer.TargetBitrate == 800_000, "the limit");
        for (var frame = 0; frame < 10; frame++)
        {
            call.Peer.SendVideo([(byte)frame], frame * 3600, frame == 0, frame % 2, 0);
        }

        // Once the encoder has come down to what the path bears, all layers are sent again.
        call.Peer.SetVideoBitrate(800_000);
        call.Peer.SendVideo([100], 36000, false, 0, 0);
        call.Peer.SendVideo([101], 39600, false, 1, 0);
        var packets = await VideoPackets(call, 7);
        Assert.Equal([(byte)0, 2, 4, 6, 8, 100, 101], packets.Select(packet => packet.Payload[6]));
        Assert.Equal(5, call.Peer.GetStats().LayerDrops);
    }

    [Fact]
    public async Task TransportFeedback_OfASlowPath_LowersTheTarget()
    {
        var impairment = new LinkImpairment { Seed = 4, Loss = 0.3 };
        await using var call = await Call.ConnectAsync(Call.Options with { Impairment = impairment }, client => client.SendsTransportFeedback = true);
        Assert.Equal(800_000, call.Peer.TargetBitrate);
        for (var frame = 0; frame < 1000 && call.Peer.TargetBitrate > 500_000; frame++)
        {
            call.Peer.SendVideo(Frame(4000), frame * 3600, frame == 0, 0, 0);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.InRange(call.Peer.TargetBitrate, 100_000, 500_000);
        var stats = call.Peer.GetStats();
        Assert.InRange((double)stats.TransportPacketsLost / (stats.TransportPacketsLost + stats.TransportPacketsReceived), 0.15, 0.5);
    }

    /// <summary>Sends a key frame, and has the peer report a loss of 5 %.</summary>
    private static async Task ReportLossAsync(Call call)
    {
        call.Peer.SendVideo([1], 0, keyFrame: true, 0, 0);
        var first = (await VideoPackets(call, 1))[0];
        var buffer = new byte[200];
        var block = new ReportBlock(first.Ssrc, 13, 1, first.Sequence, 0, 0, 0);
        call.Client.SendRtcp(buffer.AsSpan(0, RtcpWriter.WriteReceiverReport(buffer, 1001, [block], "peer"u8)));
        await Call.Until(() => call.Peer.GetStats().LossOutbound > 0, "the report");
    }

    private static byte[] Frame(int length)
    {
        var frame = new byte[length];
        new Random(length).NextBytes(frame);
        return frame;
    }

    private static async Task<TestPacket[]> VideoPackets(Call call, int count)
    {
        await Call.Until(() => call.Client.Packets.Count(packet => packet.PayloadType == TestOffer.VideoType) >= count, $"{count} video packets");
        return [.. call.Client.Packets.Where(packet => packet.PayloadType == TestOffer.VideoType)];
    }

    /// <summary>Original sequence numbers of all large video packets, first sent or repaired.</summary>
    private static HashSet<ushort> Received(Call call) =>
        [.. call.Client.Packets.Where(packet => packet.Payload.Length > 500).Select(packet => packet.PayloadType == TestOffer.RtxType
            ? BinaryPrimitives.ReadUInt16BigEndian(packet.Payload)
            : packet.Sequence)];

    private static uint Ssrc(Call call, int payloadType) => call.Client.Packets.First(packet => packet.PayloadType == payloadType).Ssrc;

    private static List<SenderReport> SenderReports(Call call, uint ssrc)
    {
        var reports = new List<SenderReport>();
        foreach (var bytes in call.Client.Reports)
        {
            var reader = new RtcpReader(bytes);
            while (reader.TryRead(out var packet))
            {
                if (packet.TryReadSenderReport(out var report) && report.Ssrc == ssrc)
                {
                    reports.Add(report);
                }
            }
        }

        return reports;
    }

    private static List<ReportBlock> Blocks(Call call)
    {
        var blocks = new List<ReportBlock>();
        foreach (var bytes in call.Client.Reports)
        {
            var reader = new RtcpReader(bytes);
            while (reader.TryRead(out var packet))
            {
                if (packet.TryReadReport(0, out var block))
                {
                    blocks.Add(block);
                }
            }
        }

        return blocks;
    }

    /// <summary>For each report: the wall clock at which the stream's media time was zero.</summary>
    private static List<ulong> Zero(Call call, int payloadType, List<SenderReport> reports, int rate)
    {
        var offset = call.Peer.GetTimestampOffset(payloadType == TestOffer.VideoType);
        return [.. reports.Select(report => NtpTime.Add(report.Ntp, -TimeSpan.FromSeconds((double)(report.RtpTimestamp - offset) / rate)))];
    }
}
