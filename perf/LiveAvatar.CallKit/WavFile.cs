using System.Buffers.Binary;

namespace LiveAvatar.CallKit;

/// <summary>Reads and writes 16-bit mono PCM WAV files, which is what Chromium takes for a microphone.</summary>
/// <param name="SampleRate">Hz.</param>
/// <param name="Samples">-1…1.</param>
public sealed record WavFile(int SampleRate, float[] Samples)
{
    private const int HeaderLength = 44;

    /// <summary>Reads a file.</summary>
    /// <exception cref="CallKitException">It is not 16-bit mono PCM.</exception>
    public static WavFile Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var sampleRate = 0;
        for (var at = 12; at + 8 <= bytes.Length && bytes.AsSpan(0, 4).SequenceEqual("RIFF"u8);)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 4));
            var body = bytes.AsSpan(at + 8, Math.Clamp(length, 0, bytes.Length - at - 8));
            if (bytes.AsSpan(at, 4).SequenceEqual("fmt "u8) && body.Length >= 16)
            {
                var (format, channels, bits) = (body[0], body[2], body[14]);
                if (format != 1 || channels != 1 || bits != 16)
                {
                    break;
                }

                sampleRate = BinaryPrimitives.ReadInt32LittleEndian(body[4..]);
            }
            else if (bytes.AsSpan(at, 4).SequenceEqual("data"u8) && sampleRate > 0)
            {
                var samples = new float[body.Length / 2];
                for (var i = 0; i < samples.Length; i++)
                {
                    samples[i] = BinaryPrimitives.ReadInt16LittleEndian(body[(2 * i)..]) / 32768f;
                }

                return new WavFile(sampleRate, samples);
            }

            at += 8 + length + (length & 1);
        }

        throw new CallKitException($"{path} is not a 16-bit mono PCM WAV file. Convert it: ffmpeg -i IN -ac 1 -c:a pcm_s16le OUT.wav");
    }

    /// <summary>The first seconds of this recording.</summary>
    public WavFile Take(double seconds) => this with { Samples = Samples[..Math.Min(Samples.Length, (int)(seconds * SampleRate))] };

    /// <summary>For how many seconds something is heard: blocks of 10 ms above a level.</summary>
    /// <param name="level">Root mean square, 0…1.</param>
    public double SecondsAbove(double level)
    {
        var block = SampleRate / 100;
        var loud = 0;
        for (var at = 0; at + block <= Samples.Length; at += block)
        {
            var squares = 0.0;
            foreach (var sample in Samples.AsSpan(at, block))
            {
                squares += sample * sample;
            }

            loud += Math.Sqrt(squares / block) > level ? 1 : 0;
        }

        return loud / 100.0;
    }

    /// <summary>This recording with a pause before and after it.</summary>
    public WavFile WithPauses(TimeSpan before, TimeSpan after) => this with
    {
        Samples = [.. new float[(int)(before.TotalSeconds * SampleRate)], .. Samples, .. new float[(int)(after.TotalSeconds * SampleRate)]],
    };

    /// <summary>This recording at the whole-number multiple of its rate, by linear-phase interpolation.</summary>
    public WavFile Upsample(int factor)
    {
        const int Reach = 16; // input samples on each side of the windowed sinc
        var result = new float[Samples.Length * factor];
        for (var i = 0; i < result.Length; i++)
        {
            var centre = i / factor;
            var fraction = (double)(i % factor) / factor;
            var sum = 0.0;
            for (var k = -Reach + 1; k <= Reach; k++)
            {
                var at = centre + k;
                if (at >= 0 && at < Samples.Length)
                {
                    var x = k - fraction;
                    var sinc = x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);
                    sum += Samples[at] * sinc * (0.5 + (0.5 * Math.Cos(Math.PI * x / Reach)));
                }
            }

            result[i] = (float)sum;
        }

        return new WavFile(SampleRate * factor, result);
    }

    /// <summary>Writes the file.</summary>
    public void Write(string path)
    {
        var bytes = new byte[HeaderLength + (2 * Samples.Length)];
        "RIFF"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length - 8);
        "WAVEfmt "u8.CopyTo(bytes.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(20), 1); // PCM
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(22), 1); // mono
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), SampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(28), 2 * SampleRate);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(32), 2);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(34), 16);
        "data"u8.CopyTo(bytes.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(40), 2 * Samples.Length);
        for (var i = 0; i < Samples.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(HeaderLength + (2 * i)), (short)Math.Clamp(Samples[i] * 32767, -32768, 32767));
        }

        File.WriteAllBytes(path, bytes);
    }
}
