using System.Buffers.Binary;
using LiveAvatar.Media.Audio;
using LiveAvatar.Media.Rtcp;
using LiveAvatar.Media.Rtp;

namespace LiveAvatar.Media.Tests.Fuzz;

/// <summary>A parser under hostile input: it may reject, it may never throw or hang.</summary>
public delegate void FuzzTarget(ReadOnlySpan<byte> data);

/// <summary>Every parser of peer bytes in LiveAvatar.Media, by name.</summary>
public static class FuzzTargets
{
    public static IReadOnlyDictionary<string, FuzzTarget> All { get; } = new Dictionary<string, FuzzTarget>
    {
        ["rtp"] = Rtp,
        ["rtcp"] = Rtcp,
        ["rtx"] = data => RtxWriter.TryReadPayload(data, out _, out _),
        ["opus-toc"] = OpusDuration,
        ["vp8-packetizer"] = Vp8,
        ["h264-packetizer"] = H264,
        ["jitter-buffer"] = JitterBuffer,
    };

    private static void Rtp(ReadOnlySpan<byte> data)
    {
        if (!RtpPacketView.TryParse(data, out var packet))
        {
            return;
        }

        // What was accepted must also be consistent, or a later slice throws instead.
        Assert.InRange(packet.HeaderLength + packet.Payload.Length, RtpPacketView.FixedHeaderLength, data.Length);
        _ = packet.SequenceNumber + packet.Timestamp + packet.Ssrc + (uint)packet.PayloadType;
        for (var id = 0; id <= 255; id++)
        {
            if (packet.TryGetExtension(id, out var value))
            {
                HeaderExtensionFormat.TryReadAbsCaptureTime(value, out _, out _);
                HeaderExtensionFormat.TryReadAbsSendTime(value, out _);
                HeaderExtensionFormat.TryReadPlayoutDelay(value, out _);
                HeaderExtensionFormat.TryReadTransportSequence(value, out _);
            }
        }
    }

    private static void Rtcp(ReadOnlySpan<byte> data)
    {
        var reader = new RtcpReader(data);
        var entries = new TransportFeedbackEntry[300];
        var packets = 0;
        while (reader.TryRead(out var packet))
        {
            Assert.True(++packets <= data.Length / 4);
            _ = packet.SenderSsrc + packet.MediaSsrc;
            packet.TryReadSenderReport(out _);
            for (var i = 0; i < 32; i++)
            {
                Assert.Equal(i < packet.ReportCount, packet.TryReadReport(i, out _));
            }

            var nacked = 0;
            foreach (var _ in packet.NackedSequences)
            {
                Assert.True(++nacked <= data.Length * 17 / 4);
            }

            packet.TryReadFullIntraRequest(1, out _);
            packet.TryReadReceiverBandwidth(out var rate);
            Assert.True(rate >= 0);
            if (TransportFeedback.TryRead(packet, entries, out var feedback))
            {
                Assert.InRange(feedback.Count, 0, entries.Length);
            }
        }
    }

    private static void OpusDuration(ReadOnlySpan<byte> data)
    {
        if (OpusToc.TryGetDuration(data, out var samples))
        {
            Assert.InRange(samples, 120, OpusToc.MaxDurationSamples48k);
        }
    }

    private static void Vp8(ReadOnlySpan<byte> data)
    {
        var payload = new byte[20];
        var fragments = new Vp8Packetizer(payload.Length).Start(data);
        var total = 0;
        while (fragments.TryNext(payload, out var length, out _))
        {
            total += length - 4;
        }

        Assert.Equal(data.Length, total);
    }

    private static void H264(ReadOnlySpan<byte> data)
    {
        var payload = new byte[20];
        var fragments = new H264Packetizer(payload.Length).Start(data);
        var count = 0;
        while (fragments.TryNext(payload, out var length, out _))
        {
            Assert.InRange(length, 1, payload.Length);
            Assert.True(++count <= data.Length);
        }
    }

    // Each 8 bytes are a packet: sequence, timestamp, time step, length.
    private static void JitterBuffer(ReadOnlySpan<byte> data)
    {
        var buffer = new AudioJitterBuffer(new AudioJitterBufferOptions { Capacity = 8, MaxPayload = 16 });
        var sequences = new SequenceUnwrapper();
        var timestamps = new TimestampUnwrapper();
        var payload = new byte[16];
        var now = TimeSpan.Zero;
        long? last = null;
        for (; data.Length >= 8; data = data[8..])
        {
            now += TimeSpan.FromMilliseconds(data[6] % 32);
            var restarts = buffer.RestartCount;
            buffer.Push(
                sequences.Unwrap((ushort)(BinaryPrimitives.ReadUInt16BigEndian(data) % 300)),
                timestamps.Unwrap(BinaryPrimitives.ReadUInt32BigEndian(data[2..])),
                data[..(data[7] % 9)],
                now,
                0);
            last = buffer.RestartCount == restarts ? last : null;
            for (var pops = 0; buffer.TryPop(now, payload, out var unit); pops++)
            {
                Assert.True(pops < 300, "it gives without end");
                Assert.True(last is null || unit.Sequence > last || (unit.Sequence == last && unit.Kind == AudioUnitKind.Packet));
                Assert.InRange(unit.DurationSamples48k, 1, OpusToc.MaxDurationSamples48k);
                last = unit.Sequence;
            }
        }
    }
}
