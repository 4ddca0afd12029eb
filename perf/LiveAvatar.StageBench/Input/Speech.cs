using LiveAvatar.Codecs;
using LiveAvatar.Media.Audio;

namespace LiveAvatar.StageBench.Input;

/// <summary>A recorded voice in the forms it has on its way in.</summary>
internal sealed class Speech
{
    /// <summary>Samples of 10 ms at 48 kHz: one packet of a browser that was answered with <c>ptime:10</c>.</summary>
    internal const int Block = 480;

    private const int Rate = 48_000;
    private const int Seconds = 8;

    private readonly Lazy<byte[][]> _packets;

    internal Speech(string path)
    {
        var sound = SoundFile.Read(path);
        (SampleRate, var length) = (sound.SampleRate, Math.Min(sound.Samples.Length, Seconds * sound.SampleRate));
        Recorded = sound.Samples[..length];
        Sent = Convert(Rate);
        _packets = new Lazy<byte[][]>(Encode);
    }

    /// <summary>Samples per second of <see cref="Recorded"/>.</summary>
    internal int SampleRate { get; }

    /// <summary>As the file has it.</summary>
    internal float[] Recorded { get; }

    /// <summary>As a browser hears it: 48 kHz.</summary>
    internal float[] Sent { get; }

    /// <summary>As a browser sends it: an Opus packet for each <see cref="Block"/>.</summary>
    internal byte[][] Packets => _packets.Value;

    /// <summary>How far the sound of <see cref="Packets"/> lies behind, in samples at 48 kHz; known once they are made.</summary>
    internal int CodecDelay { get; private set; }

    /// <summary>At another rate.</summary>
    internal float[] Convert(int rate) => rate == SampleRate ? Recorded : Resampler.Convert(Recorded, SampleRate, rate);

    private byte[][] Encode()
    {
        using var encoder = new OpusEncoder(new OpusEncoderOptions { SampleRate = Rate, InbandFec = true });
        CodecDelay = encoder.PreSkip;
        var packets = new byte[Sent.Length / Block][];
        var room = new byte[OpusEncoder.MaxPacketLength];
        for (var i = 0; i < packets.Length; i++)
        {
            packets[i] = room[..encoder.Encode(Sent.AsSpan(i * Block, Block), room)];
        }

        return packets;
    }
}
