namespace LiveAvatar.Codecs.Tests;

/// <summary>Signals for codecs and measures of what comes back.</summary>
internal static class TestSound
{
    private const int Rate = 48_000;

    // Pitch glides and syllables come and go, so that the past does not predict a lost packet well.
    public static float[] Voice(int seconds)
    {
        var pcm = new float[seconds * Rate];
        var random = new Random(5);
        var phase = 0.0;
        for (var index = 0; index < pcm.Length; index++)
        {
            var time = index / (double)Rate;
            var pitch = 140 + (50 * Math.Sin(2 * Math.PI * 1.3 * time)) + (20 * Math.Sin(2 * Math.PI * 3.1 * time));
            phase += 2 * Math.PI * pitch / Rate;
            var syllable = Math.Max(0, Math.Sin(2 * Math.PI * 3.7 * time));
            var formant = 4 + (3 * Math.Sin(2 * Math.PI * 2.1 * time));
            var sample = 0.0;
            for (var harmonic = 1; harmonic <= 16; harmonic++)
            {
                sample += Math.Sin(harmonic * phase) / (1 + Math.Abs(harmonic - formant));
            }

            pcm[index] = (float)(syllable * ((0.12 * sample) + (0.01 * ((random.NextDouble() * 2) - 1))));
        }

        return pcm;
    }

    public static double Energy(ReadOnlySpan<float> pcm)
    {
        var energy = 0.0;
        foreach (var sample in pcm)
        {
            energy += sample * sample;
        }

        return energy;
    }

    public static double Error(ReadOnlySpan<float> wanted, ReadOnlySpan<float> found)
    {
        var error = 0.0;
        for (var index = 0; index < wanted.Length; index++)
        {
            error += (wanted[index] - found[index]) * (wanted[index] - found[index]);
        }

        return error;
    }
}
