using LiveAvatar.Quality.Engine;
using LiveAvatar.Quality.Metrics;
using LiveAvatar.Quality.Report;

namespace LiveAvatar.Quality.Measures;

/// <summary>MeshTalk's swap test: the same voice with another expression input must change the upper face and not the lips, and the reverse.</summary>
internal sealed class SwapMeasure(Setting setting)
{
    internal IEnumerable<Finding> Run()
    {
        setting.Progress("Exchanging voices and expressions");
        var findings = new Findings("Swap test");
        var seconds = setting.Smoke ? 6 : 40;
        var voices = setting.Timed.Take(2).Select(voice => voice.Cut(seconds, setting.SampleRate).Samples).ToArray();
        (float[] Voice, int Seed)[] runs = [(voices[0], 1), (voices[0], 2), (voices[1], 1)];
        var performances = Setting.Each(runs, run => setting.Bench.Perform(run.Voice, seed: run.Seed));
        var (reference, otherNoise, otherVoice) = (performances[0], performances[1], performances[2]);
        var (upper, mouth) = (setting.Channels.Upper, setting.Channels.Mouth);
        var set = string.Join(", ", setting.Timed.Take(2).Select(voice => voice.Set));

        findings.Add("same voice, other noise: change of the upper face", Share(reference, otherNoise, upper), set, Target.AtLeast(0.5), note: "as a share of what two unrelated performances would differ; the limits are ours");
        findings.Add("same voice, other noise: change of the mouth", Share(reference, otherNoise, mouth), set, Target.AtMost(0.05));
        findings.Add("other voice, same noise: change of the mouth", Share(reference, otherVoice, mouth), set, Target.AtLeast(0.5));
        findings.Add("other voice, same noise: change of the upper face", Share(reference, otherVoice, upper), set, Target.AtMost(0.3), note: "brows that rise with stress do follow the voice");
        Emotions(findings, voices[0], reference, set);
        return findings.All;
    }

    // Emotions shape the mouth too (a smile), but its opening in time must stay the voice's.
    private void Emotions(Findings findings, float[] voice, Performance neutral, string set)
    {
        var emotions = Enumerable.Range(0, setting.Bench.Manifest.Emotions.Count).Take(setting.Smoke ? 2 : int.MaxValue).ToArray();
        var spoken = Setting.Each(emotions, emotion => setting.Bench.Perform(voice, setting.Bench.Emotion(emotion, 1)));
        var lips = setting.Channels.Aperture(neutral);
        var correlations = spoken.Select(performance => Statistics.Pearson(lips, setting.Channels.Aperture(performance))).ToArray();
        var changes = spoken.Select(performance => Share(neutral, performance, setting.Channels.Upper)).ToArray();
        findings.Add("same voice, other emotion: correlation of the lips' aperture, the worst", correlations.Min(), set, Target.AtLeast(0.9), note: List(correlations));
        findings.Add("same voice, other emotion: change of the upper face, the least", changes.Min(), set, Target.AtLeast(0.5), note: List(changes));

        string List(double[] values) => string.Join(", ", emotions.Select(emotion => $"{setting.Bench.Manifest.Emotions[emotion]} {values[emotion]:F2}"));
    }

    // 1 when the two differ as much as two independent motions of their own spread would: √2 standard deviations.
    private static double Share(Performance a, Performance b, IReadOnlyList<int> channels)
    {
        var spread = Math.Sqrt((MotionStatistics.Variance(a.Motion, channels) + MotionStatistics.Variance(b.Motion, channels)) / channels.Count);
        return MotionStatistics.Difference(a.Motion, b.Motion, channels) / spread;
    }
}
