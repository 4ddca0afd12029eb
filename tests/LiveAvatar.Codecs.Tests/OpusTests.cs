using LiveAvatar.Media.Audio;

namespace LiveAvatar.Codecs.Tests;

/// <summary>Sound through the encoder, a lossy line and the decoder.</summary>
public sealed class OpusTests
{
    private const int Rate = 48_000;
    private const int Block = 960;
    private static readonly float[] Voice = TestSound.Voice(seconds: 6);

    [Theory]
    [InlineData(OpusApplication.Voip, 312)]
    [InlineData(OpusApplication.LowDelay, 120)]
    public void PreSkip_IsTheCodecsDelay(OpusApplication application, int samples)
    {
        using var encoder = new OpusEncoder(new OpusEncoderOptions { Application = application });
        Assert.Equal(samples, encoder.PreSkip);
    }

    [Fact]
    public void Tone_ComesBackAsItWas()
    {
        var tone = new float[Rate];
        for (var index = 0; index < tone.Length; index++)
        {
            tone[index] = 0.5f * MathF.Sin(2 * MathF.PI * 440 * index / Rate);
        }

        using var encoder = new OpusEncoder(new OpusEncoderOptions { Application = OpusApplication.LowDelay, Bitrate = 64_000 });
        var decoded = Decode(Encode(encoder, tone));

        // Aligned by the pre-skip; the first 100 ms are the codec starting up.
        var signal = tone.AsSpan(4800, 38_400);
        var snr = 10 * Math.Log10(TestSound.Energy(signal) / TestSound.Error(signal, decoded.AsSpan(4800 + encoder.PreSkip, 38_400)));
        Assert.True(snr > 30, $"SNR {snr:F1} dB");
    }

    // SILK codes what is heard, not the waveform, so speech is compared by place, likeness and level.
    [Theory]
    [InlineData(OpusApplication.Voip)]
    [InlineData(OpusApplication.LowDelay)]
    public void Voice_ComesBackLaterByThePreSkip(OpusApplication application)
    {
        using var encoder = new OpusEncoder(new OpusEncoderOptions { Application = application });
        var decoded = Decode(Encode(encoder, Voice));
        var length = Voice.Length - 4800;

        var (bestLag, best) = (0, 0.0);
        for (var lag = 0; lag < 960; lag += 4)
        {
            var dot = 0.0;
            for (var index = 0; index < length; index += 3)
            {
                dot += Voice[index] * decoded[index + lag];
            }

            (bestLag, best) = dot > best ? (lag, dot) : (bestLag, best);
        }

        var aligned = decoded.AsSpan(bestLag, length);
        var likeness = 3 * best / Math.Sqrt(TestSound.Energy(Voice.AsSpan(0, length)) * TestSound.Energy(aligned));
        TestContext.Current.TestOutputHelper?.WriteLine($"{application}: lag {bestLag}, correlation {likeness:F3}");
        Assert.InRange(bestLag, encoder.PreSkip - 16, encoder.PreSkip + 16);
        Assert.True(likeness > 0.9, $"correlation {likeness:F3}");
        Assert.InRange(TestSound.Energy(aligned) / TestSound.Energy(Voice.AsSpan(0, length)), 0.75, 1.25);
    }

    [Fact]
    public void Bitrate_IsKept()
    {
        using var encoder = new OpusEncoder(new OpusEncoderOptions { Bitrate = 32_000 });
        var bits = Encode(encoder, Voice).Sum(packet => packet.Length) * 8 / (Voice.Length / (double)Rate);
        Assert.InRange(bits, 18_000, 38_000);
        encoder.SetBitrate(12_000);
        var fewer = Encode(encoder, Voice).Sum(packet => packet.Length) * 8 / (Voice.Length / (double)Rate);
        Assert.InRange(fewer, 6_000, 15_000);
    }

    [Fact]
    public void LostPackets_FecIsCloserThanConcealment()
    {
        using var encoder = new OpusEncoder(new OpusEncoderOptions { InbandFec = true, PacketLossPercent = 25 });
        var packets = Encode(encoder, Voice);
        var whole = Decode(packets);

        var (fec, _) = DecodeWithLoss(packets, useFec: true);
        var (concealed, lost) = DecodeWithLoss(packets, useFec: false);

        var (fecError, concealError) = (0.0, 0.0);
        foreach (var packet in lost)
        {
            fecError += TestSound.Error(whole.AsSpan(packet * Block, Block), fec.AsSpan(packet * Block, Block));
            concealError += TestSound.Error(whole.AsSpan(packet * Block, Block), concealed.AsSpan(packet * Block, Block));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"error energy over {lost.Count} lost packets: FEC {fecError:F2}, concealed {concealError:F2}");
        Assert.True(lost.Count > 20);
        Assert.True(fecError < 0.5 * concealError, $"FEC {fecError:F2}, concealed {concealError:F2}");
    }

    [Theory]
    [InlineData(480, 480)]
    [InlineData(500, 480)]
    [InlineData(100, 0)]
    [InlineData(-5, 0)]
    [InlineData(1_000_000, 5760)]
    public void LostStretch_IsFilledInStepsUpTo120Milliseconds(int asked, int filled)
    {
        using var decoder = new OpusDecoder();
        Assert.Equal(filled, decoder.DecodeLost(new float[5760], asked));
    }

    [Fact]
    public void LongLoss_FadesOut()
    {
        using var encoder = new OpusEncoder(new OpusEncoderOptions());
        using var decoder = new OpusDecoder();
        var pcm = new float[5760];
        foreach (var packet in Encode(encoder, Voice).Take(60))
        {
            decoder.Decode(packet, pcm);
        }

        var first = 0.0;
        for (var round = 0; round < 50; round++)
        {
            Assert.Equal(Block, decoder.DecodeLost(pcm, Block));
            first = round == 0 ? TestSound.Energy(pcm.AsSpan(0, Block)) : first;
        }

        Assert.True(first > 0.01, "concealment starts silent");
        Assert.True(TestSound.Energy(pcm.AsSpan(0, Block)) < 0.01 * first, "concealment never fades");
    }

    [Fact]
    public void RandomBytes_NeverThrow()
    {
        using var decoder = new OpusDecoder();
        var random = new Random(3);
        var pcm = new float[decoder.MaxSamples];
        for (var round = 0; round < 3000; round++)
        {
            var packet = new byte[random.Next(0, 80)];
            random.NextBytes(packet);
            Assert.InRange(decoder.Decode(packet, pcm), 0, decoder.MaxSamples);
            Assert.InRange(decoder.DecodeFec(packet, pcm, 480), 0, 480);
        }
    }

    [Fact]
    public void InvalidPacket_GivesNothing()
    {
        using var decoder = new OpusDecoder();
        var pcm = new float[decoder.MaxSamples];
        Assert.Equal(0, decoder.Decode([], pcm));
        Assert.Equal(0, decoder.Decode([(31 << 3) | 3, 0], pcm));
        Assert.Equal(0, decoder.DecodeFec([], pcm, 480));
    }

    [Fact]
    public void SmallBuffer_IsRefusedWhateverThePacket()
    {
        using var decoder = new OpusDecoder();
        Assert.Throws<ArgumentException>(() => decoder.Decode([0xF8], new float[960]));
        Assert.Throws<ArgumentException>(() => decoder.DecodeLost(new float[100], 480));
    }

    [Fact]
    public void SteadyState_AllocatesNothing()
    {
        using var encoder = new OpusEncoder(new OpusEncoderOptions { InbandFec = true, PacketLossPercent = 10 });
        using var decoder = new OpusDecoder();
        var (packet, pcm) = (new byte[OpusEncoder.MaxPacketLength], new float[decoder.MaxSamples]);
        var index = 0;
        Allocation.AssertNone(() =>
        {
            var length = encoder.Encode(Voice.AsSpan(index % 200 * Block, Block), packet);
            decoder.DecodeLost(pcm, Block);
            decoder.DecodeFec(packet.AsSpan(0, length), pcm, Block);
            decoder.Decode(packet.AsSpan(0, length), pcm);
            decoder.Decode([0xFF, 0x00], pcm);
            OpusToc.TryGetDuration(packet.AsSpan(0, length), out _);
            encoder.SetBitrate(24_000 + index);
            index++;
        });
    }

    [Fact]
    public void Disposed_RefusesEveryCall()
    {
        var encoder = new OpusEncoder(new OpusEncoderOptions());
        var decoder = new OpusDecoder();
        encoder.Dispose();
        decoder.Dispose();
        decoder.Dispose();
        var pcm = new float[decoder.MaxSamples];
        Assert.Throws<ObjectDisposedException>(() => encoder.Encode(pcm.AsSpan(0, 960), new byte[1276]));
        Assert.Throws<ObjectDisposedException>(() => encoder.SetBitrate(20_000));
        Assert.Throws<ObjectDisposedException>(() => decoder.Decode([0xF8], pcm));
        Assert.Throws<ObjectDisposedException>(() => decoder.Decode([], pcm));
        Assert.Throws<ObjectDisposedException>(() => decoder.DecodeLost(pcm, 0));
        Assert.Throws<ObjectDisposedException>(decoder.Reset);
    }

    [Fact]
    public void IllegalSettings_AreNamed()
    {
        Assert.Throws<CodecException>(() => new OpusDecoder(44_100));
        Assert.Throws<CodecException>(() => new OpusEncoder(new OpusEncoderOptions { Channels = 3 }));
        var exception = Assert.Throws<CodecException>(() => new OpusEncoder(new OpusEncoderOptions { Complexity = 11 }));
        Assert.Contains("complexity", exception.Message, StringComparison.Ordinal);
        using var encoder = new OpusEncoder(new OpusEncoderOptions());
        Assert.Throws<CodecException>(() => encoder.Encode(new float[100], new byte[1276]));
    }

    private static List<byte[]> Encode(OpusEncoder encoder, ReadOnlySpan<float> pcm)
    {
        var packets = new List<byte[]>();
        var packet = new byte[OpusEncoder.MaxPacketLength];
        for (var at = 0; at + Block <= pcm.Length; at += Block)
        {
            packets.Add(packet[..encoder.Encode(pcm.Slice(at, Block), packet)]);
        }

        return packets;
    }

    private static float[] Decode(List<byte[]> packets)
    {
        using var decoder = new OpusDecoder();
        var pcm = new float[(packets.Count * Block) + decoder.MaxSamples];
        for (var index = 0; index < packets.Count; index++)
        {
            Assert.Equal(Block, decoder.Decode(packets[index], pcm.AsSpan(index * Block)));
        }

        return pcm;
    }

    private static (float[] Pcm, List<int> Lost) DecodeWithLoss(List<byte[]> packets, bool useFec)
    {
        using var decoder = new OpusDecoder();
        var pcm = new float[(packets.Count * Block) + decoder.MaxSamples];
        var lost = new List<int>();
        for (var index = 0; index < packets.Count; index++)
        {
            var target = pcm.AsSpan(index * Block);
            if (index % 5 != 3 || index + 1 == packets.Count)
            {
                decoder.Decode(packets[index], target);
                continue;
            }

            lost.Add(index);
            var filled = useFec ? decoder.DecodeFec(packets[index + 1], target, Block) : decoder.DecodeLost(target, Block);
            Assert.Equal(Block, filled);
        }

        return (pcm, lost);
    }
}
