namespace LiveAvatar.Media.Audio;

/// <summary>How loud a block of samples is; 1 is full scale.</summary>
/// <param name="Rms">Root of the mean square.</param>
/// <param name="Peak">Largest magnitude.</param>
public readonly record struct PcmLevel(float Rms, float Peak)
{
    /// <summary>The mean level in dB relative to full scale; -120 for silence.</summary>
    public float RmsDecibels => MathF.Max(-120, 20 * MathF.Log10(Rms));

    /// <summary>Measures a block; samples that are not finite count as silence, an empty block is silent.</summary>
    public static PcmLevel Measure(ReadOnlySpan<float> samples)
    {
        var squares = 0.0;
        var peak = 0f;
        foreach (var sample in samples)
        {
            if (float.IsFinite(sample))
            {
                squares += (double)sample * sample;
                peak = MathF.Max(peak, MathF.Abs(sample));
            }
        }

        return new PcmLevel(samples.IsEmpty ? 0 : (float)Math.Sqrt(squares / samples.Length), peak);
    }
}
