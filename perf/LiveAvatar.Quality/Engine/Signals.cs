namespace LiveAvatar.Quality.Engine;

/// <summary>Sounds that are made, not recorded: the same at every run.</summary>
internal static class Signals
{
    internal static double Rms(ReadOnlySpan<float> samples)
    {
        double sum = 0;
        foreach (var sample in samples)
        {
            sum += sample * sample;
        }

        return Math.Sqrt(sum / Math.Max(1, samples.Length));
    }

    /// <summary>Root mean square of the parts that are louder than a tenth of the loudest 20 ms.</summary>
    internal static double SpeechRms(float[] samples, int sampleRate)
    {
        var part = sampleRate / 50;
        double[] levels = [.. Enumerable.Range(0, samples.Length / part).Select(i => Rms(samples.AsSpan(i * part, part)))];
        double[] loud = [.. levels.Where(level => level > levels.Max() / 10)];
        return Math.Sqrt(loud.Average(level => level * level));
    }

    /// <summary>White noise of a root mean square.</summary>
    internal static float[] White(int length, double rms, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (float)(rms * Math.Sqrt(3) * ((2 * random.NextDouble()) - 1)))];
    }

    /// <summary>Noise whose power falls by 3 dB per octave, like rooms and traffic (Voss: white noises held for 1, 2, 4, … samples).</summary>
    internal static float[] Pink(int length, double rms, int seed)
    {
        const int Octaves = 12;
        var random = new Random(seed);
        var held = Enumerable.Range(0, Octaves).Select(_ => random.NextDouble() - 0.5).ToArray();
        var noise = new float[length];
        for (var i = 0; i < length; i++)
        {
            held[Math.Min(Octaves - 1, System.Numerics.BitOperations.TrailingZeroCount(i + 1))] = random.NextDouble() - 0.5;
            noise[i] = (float)held.Sum();
        }

        return Scale(noise, rms);
    }

    /// <summary>Chords of plucked harmonics with a beat: no voice.</summary>
    internal static float[] Music(int length, int sampleRate, double rms)
    {
        double[][] chords = [[220, 277.2, 329.6], [196, 246.9, 293.7], [174.6, 220, 261.6], [164.8, 207.7, 246.9]];
        var music = new float[length];
        for (var i = 0; i < length; i++)
        {
            var time = (double)i / sampleRate;
            var (beat, chord) = (time % 0.5, chords[(int)(time / 2) % chords.Length]);
            music[i] = (float)chord.Sum(note => Enumerable.Range(1, 5).Sum(k => Math.Sin(2 * Math.PI * note * k * time) * Math.Exp(-4 * beat) / k));
        }

        return Scale(music, rms);
    }

    /// <summary>Two sounds together.</summary>
    internal static float[] Mix(float[] a, float[] b) => [.. a.Zip(b, (x, y) => Math.Clamp(x + y, -1, 1))];

    /// <summary>A sound driven into its limits.</summary>
    internal static float[] Clip(float[] samples, double gain) => [.. samples.Select(sample => (float)Math.Clamp(sample * gain, -1, 1))];

    private static float[] Scale(float[] samples, double rms)
    {
        var mean = samples.Average();
        var centred = Array.ConvertAll(samples, sample => sample - mean);
        var factor = rms / Rms(centred);
        return Array.ConvertAll(centred, sample => (float)(sample * factor));
    }
}
