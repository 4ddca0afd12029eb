using System.Buffers.Binary;
using LiveAvatar.Codecs;
using LiveAvatar.Pipeline.Voice;

namespace LiveAvatar.Pipeline.Tests.Voice;

public sealed class SoundReaderTests
{
    public static TheoryData<int> Rates => [.. VoiceFormat.SampleRates];

    [Theory]
    [MemberData(nameof(Rates))]
    public void Pcm_KeepsPitchLevelAndLengthAtEveryRate(int rate)
    {
        using var reader = new SoundReader(new VoiceFormat { SampleRate = rate });
        var sound = Read(reader, Tone(rate, rate, 1));
        Assert.InRange(sound.Count, 48_000, 48_000 + 1200); // a second, and the filter's tail

        var steady = sound.Skip(4800).Take(38_400).ToArray();
        Assert.Equal(0.5 / Math.Sqrt(2), Math.Sqrt(steady.Average(x => x * x)), 0.01);
        var crossings = steady.Zip(steady.Skip(1)).Count(pair => pair.First < 0 && pair.Second >= 0);
        Assert.InRange(crossings, 349, 354); // 440 Hz for 0.8 s
    }

    [Fact]
    public void Stereo_BecomesTheMeanOfBoth()
    {
        using var reader = new SoundReader(new VoiceFormat { SampleRate = 48_000, Channels = 2 });
        var bytes = new byte[4 * 4];
        BinaryPrimitives.WriteInt16LittleEndian(bytes, 16_384);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(4), 16_384);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(6), -16_384);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(8), short.MinValue);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(10), short.MinValue);

        Assert.Equal([0.25f, 0, -1, 0], Read(reader, bytes, finish: false));
    }

    [Fact]
    public void HalfASample_IsRefused()
    {
        using var mono = new SoundReader(new VoiceFormat());
        using var stereo = new SoundReader(new VoiceFormat { Channels = 2 });
        Assert.Equal("audio", Assert.Throws<PushException>(() => mono.Check(new byte[3])).Field);
        Assert.Throws<PushException>(() => stereo.Check(new byte[6]));
        mono.Check(new byte[6]);
    }

    [Fact]
    public void Opus_IsDecodedAndABrokenPacketConcealed()
    {
        using var reader = new SoundReader(new VoiceFormat { Encoding = VoiceEncoding.Opus });
        using var encoder = new OpusEncoder(new OpusEncoderOptions());
        var packet = new byte[OpusEncoder.MaxPacketLength];
        var length = encoder.Encode(new float[1920], packet); // 40 ms
        Assert.Equal(1920, Read(reader, packet[..length]).Count);
        Assert.Equal(1920, Read(reader, [0xFF, 0xFF, 0xFF]).Count);
        Assert.Throws<PushException>(() => reader.Check(new byte[OpusEncoder.MaxPacketLength + 1]));
    }

    private static List<float> Read(SoundReader reader, byte[] bytes, bool finish = true)
    {
        reader.Check(bytes);
        var sound = new List<float>();
        ReadOnlySpan<byte> rest = bytes;
        while (!rest.IsEmpty)
        {
            sound.AddRange(reader.Read(ref rest).Span);
        }

        if (finish)
        {
            sound.AddRange(reader.Finish().Span);
        }

        return sound;
    }

    private static byte[] Tone(int rate, int count, int channels)
    {
        var bytes = new byte[count * 2 * channels];
        for (var i = 0; i < count * channels; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(2 * i), (short)(16_384 * Math.Sin(2 * Math.PI * 440 * (i / channels) / rate)));
        }

        return bytes;
    }
}
