using LiveAvatar.Quality.Data;
using LiveAvatar.Quality.Engine;
using LiveAvatar.Quality.Metrics;
using LiveAvatar.Quality.Report;

namespace LiveAvatar.Quality.Measures;

/// <summary>Whether the face lives: blinks, glances, a head that goes with the voice, motion as lively as the teacher's.</summary>
internal sealed class LifeMeasure(Setting setting, SpeechMeasure speech)
{
    private const int Shifts = 200; // of the chance level of the head's correlation with stress

    /// <summary>A minute or two of idling, for a plot.</summary>
    internal Performance? Idle { get; private set; }

    internal IEnumerable<Finding> Run()
    {
        setting.Progress("Watching the face idle");
        var findings = new Findings("Life");
        int[] seeds = setting.Smoke ? [1] : [1, 2, 3];
        var idle = Setting.Each(seeds, seed => setting.Bench.Perform(new float[(setting.Smoke ? 20 : 120) * setting.SampleRate], seed: seed));
        Idle = idle[0];
        Eyes(findings, "idle", $"{idle.Length} × {idle[0].Motion.Length / setting.Bench.Rate:F0} s of silence", idle);
        var synthesizers = setting.Timed.Where(voice => voice.Kind == Voice.Synthesizer).ToArray();
        Eyes(findings, "speaking", string.Join(", ", synthesizers.Select(voice => voice.Set)), [.. synthesizers.Select(voice => speech.Performances[voice.Name])]);
        Stress(findings, synthesizers);
        Liveliness(findings, synthesizers);
        return findings.All;
    }

    private void Eyes(Findings findings, string state, string set, Performance[] performances)
    {
        var blinks = Array.ConvertAll(performances, performance => Blinks.Find(setting.Channels.Lids(performance), performance.Rate));
        double[] durations = [.. blinks.SelectMany(b => b.Durations)];
        findings.Add($"blinks per second, {state}", blinks.Sum(b => b.Starts.Count) / blinks.Sum(b => b.Seconds), set, Target.Between(0.25, 0.5), "1/s", $"{durations.Length} blinks");
        if (durations.Length > 0)
        {
            findings.Add($"blinks of 0.1 to 0.4 s, {state}", durations.Average(d => d is >= 0.1 and <= 0.4 ? 1.0 : 0), set, Target.AtLeast(0.95), note: $"median {Statistics.Median(durations):F2} s, from {durations.Min():F2} to {durations.Max():F2} s");
            findings.Add($"variation of the time between blinks, {state}", Statistics.Mean([.. blinks.Select(b => b.IntervalVariation).Where(double.IsFinite)]), set, Target.AtLeast(0.3), note: "0 is a metronome, 1 pure chance; the limit is ours");
        }

        findings.Add($"saccades per second, {state}", performances.Average(performance =>
        {
            var (x, y) = setting.Channels.Gaze(performance);
            return Saccades.PerSecond(x, y, performance.Rate);
        }), set, Target.Between(0.2, 3), "1/s", "jumps of the gaze; the limits are ours");
    }

    // Head pitch and loudness without their slow part, at the best lag of −0.2…0.4 s; chance by turning one against the other.
    private void Stress(Findings findings, Voice[] voices)
    {
        foreach (var voice in voices)
        {
            var performance = speech.Performances[voice.Name];
            var trend = (int)performance.Rate / 2;
            var pitch = Statistics.Detrend(performance.Channel(setting.Channels["headPitch"]), trend);
            var chunk = setting.Bench.Manifest.Audio.ChunkSamples;
            var loudness = Statistics.Detrend([.. Enumerable.Range(0, pitch.Length).Select(i => Math.Sqrt(Signals.Rms(voice.Samples.AsSpan(i * chunk, chunk))))], trend);
            var value = Best(pitch, loudness, 0);
            var random = new Random(7);
            double[] chance = [.. Enumerable.Range(0, setting.Smoke ? 20 : Shifts).Select(_ => Best(pitch, loudness, random.Next(50, pitch.Length - 50))).Order()];
            findings.Add("head pitch against loudness: correlation", value, voice.Set, Target.AtLeast(Math.Round(chance[(int)(0.95 * (chance.Length - 1))], 3)),
                note: "the target is the 95th percentile of the same with the sound shifted");
        }
    }

    private static double Best(double[] pitch, double[] loudness, int shift)
    {
        const int Earliest = -5, Latest = 10; // frames that the head may be ahead or behind
        var best = -1.0;
        for (var lag = Earliest; lag <= Latest; lag++)
        {
            double[] moved = [.. pitch.Select((_, i) => loudness[(i - lag + shift + (2 * loudness.Length)) % loudness.Length])];
            best = Math.Max(best, Statistics.Pearson(pitch, moved));
        }

        return best;
    }

    private void Liveliness(Findings findings, Voice[] voices)
    {
        foreach (var voice in voices.Where(voice => setting.Teacher.Voices.ContainsKey(voice.Name)))
        {
            var performance = speech.Performances[voice.Name];
            var teacher = setting.Teacher.Voices[voice.Name];
            var channels = setting.Channels;
            findings.Add("jerk of the mouth, ratio to the teacher", MotionStatistics.Jerk(performance.Motion, channels.Mouth, performance.Rate) / teacher["mouthJerk"], voice.Set, Target.Between(0.8, 1.25));
            findings.Add("jerk of the head, ratio to the teacher", MotionStatistics.Jerk(performance.Motion, channels.Head, performance.Rate) / teacher["headJerk"], voice.Set, Target.Between(0.8, 1.25));
            findings.Add("variance of the mouth, ratio to the teacher", MotionStatistics.Variance(performance.Motion, channels.Mouth) / teacher["mouthVariance"], voice.Set);
            findings.Add("variance of the head, ratio to the teacher", MotionStatistics.Variance(performance.Motion, channels.Head) / teacher["headVariance"], voice.Set, note: "sways at random; over two minutes within a factor of two");
            findings.Add("deviation of the lip aperture, ratio to the teacher", Statistics.Deviation(channels.Aperture(performance)) / teacher["apertureDeviation"], voice.Set);
        }
    }
}
