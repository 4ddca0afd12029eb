namespace LiveAvatar.Pipeline.Offline;

/// <summary>Tells sound that cannot be speech from sound that may be.</summary>
/// <remarks>
/// Speech rises and falls with its syllables, three to eight times a second, and is mostly periodic while it is loud;
/// hum, tones and steady noise do neither. The check is generous: music with a voice passes, and so does anything
/// doubtful, because refusing a voice is the worse mistake.
/// </remarks>
internal static class SpeechCheck
{
    private const int SampleRate = 16_000;
    private const int Hop = SampleRate / 50;

    // Below −60 dBFS everywhere the file is silence: legal, and the face idles.
    private const double SilenceRms = 1e-3;

    // Standard deviation of the level in dB while something sounds; steady noise has about 1, speech 6 to 15.
    private const double LeastLevelSpread = 3.0;

    public enum Verdict
    {
        Silence,
        MayBeSpeech,
        NotSpeech,
    }

    /// <param name="samples">Mono sound at 16 kHz, −1…1.</param>
    public static Verdict Judge(ReadOnlySpan<float> samples)
    {
        var levels = new List<double>(samples.Length / Hop + 1);
        for (var start = 0; start + Hop <= samples.Length; start += Hop)
        {
            var power = 0.0;
            foreach (var sample in samples.Slice(start, Hop))
            {
                power += sample * sample;
            }

            levels.Add(Math.Sqrt(power / Hop));
        }

        var loudest = levels.Count == 0 ? 0 : levels.Max();
        if (loudest < SilenceRms)
        {
            return Verdict.Silence;
        }

        // Pauses are left out: switching a tone on and off must not look like syllables.
        var sounding = levels.Where(level => level > loudest * 0.05).Select(level => 20 * Math.Log10(level)).ToArray();
        var mean = sounding.Average();
        var spread = Math.Sqrt(sounding.Average(level => (level - mean) * (level - mean)));
        return spread >= LeastLevelSpread ? Verdict.MayBeSpeech : Verdict.NotSpeech;
    }
}
