using LiveAvatar.Quality.Engine;
using LiveAvatar.Quality.Metrics;
using LiveAvatar.Quality.Report;

namespace LiveAvatar.Quality.Measures;

/// <summary>Lips when nobody speaks, and a face that stays calm whatever comes in.</summary>
internal sealed class StillnessMeasure(Setting setting, SpeechMeasure speech)
{
    private const double NoiseBelowSpeech = 10; // dB
    private const double Settle = 0.5; // seconds until the start of a stream is over
    private const double LeastPause = 0.4, AfterVoice = 0.2, BeforeVoice = 0.12; // seconds; lips close after a voice and prepare before it

    internal IEnumerable<Finding> Run()
    {
        setting.Progress("Watching the lips in silence and noise");
        var findings = new Findings("Stillness");
        var voice = setting.Synthesizer;
        var moving = Statistics.Deviation(setting.Channels.Aperture(speech.Performances[voice.Name]));
        var level = Signals.SpeechRms(voice.Samples, setting.SampleRate) * Math.Pow(10, -NoiseBelowSpeech / 20);
        var length = (setting.Smoke ? 5 : 20) * setting.SampleRate;
        (string Name, float[] Sound)[] quiet =
        [
            ("in silence", new float[length]),
            ("in white noise at 10 dB", Signals.White(length, level, 1)),
            ("in pink noise at 10 dB", Signals.Pink(length, level, 2)),
        ];
        foreach (var (name, performance) in quiet.Zip(Setting.Each(quiet, sound => setting.Bench.Perform(sound.Sound)), (sound, heard) => (sound.Name, heard)))
        {
            var aperture = setting.Channels.Aperture(performance)[(int)(Settle * performance.Rate)..];
            findings.Add($"lips {name}: deviation as a share of that in speech", Statistics.Deviation(aperture) / moving, "made in code", Target.AtMost(0.02), note: $"mean aperture {Statistics.Mean(aperture):F3}, in speech it deviates by {moving:F3}; noise 10 dB below the speech, no voice");
        }

        Pauses(findings, speech.Performances[voice.Name], "clean", moving);
        Pauses(findings, setting.Bench.Perform(Signals.Mix(voice.Samples, Signals.Pink(voice.Samples.Length, level, 3))), "pink noise at 10 dB", moving);
        Calm(findings, voice.Samples, level, moving);
        return findings.All;
    }

    private void Pauses(Findings findings, Performance performance, string kind, double moving)
    {
        var voice = setting.Synthesizer;
        var aperture = setting.Channels.Aperture(performance);
        double[] still = [.. voice.Silences(setting.SampleRate).Where(pause => pause.End - pause.Start >= LeastPause).SelectMany(pause =>
        {
            double[] part = [.. Enumerable.Range(0, aperture.Length).Where(i => performance.TimeOf(i) > pause.Start + AfterVoice && performance.TimeOf(i) < pause.End - BeforeVoice).Select(i => aperture[i])];
            return part.Select(gap => gap - Statistics.Mean(part));
        })];
        if (still.Length > 0)
        {
            findings.Add($"lips in the pauses of speech ({kind}): deviation as a share of that in speech", Statistics.Deviation(still) / moving, voice.Set, note: $"pauses of at least {LeastPause} s, within each, from {AfterVoice} s after the voice");
        }
    }

    // Sounds that are no clean speech: the motion must stay in its range and no rougher than when speaking.
    private void Calm(Findings findings, float[] voice, double level, double moving)
    {
        var seconds = setting.Smoke ? 5 : 20;
        var part = voice[..Math.Min(voice.Length, seconds * setting.SampleRate)];
        var broken = (float[])part.Clone();
        for (var i = 0; i < broken.Length; i += 997)
        {
            broken[i] = i % 2 == 0 ? float.NaN : float.PositiveInfinity;
        }

        (string Name, float[] Sound)[] odd =
        [
            ("music", Signals.Music(seconds * setting.SampleRate, setting.SampleRate, level * 3)), ("clipped speech", Signals.Clip(part, 20)), ("speech with NaN and infinity", broken),
        ];
        var reference = MotionStatistics.Jerk(setting.Bench.Perform(part).Motion, setting.Channels.Mouth, setting.Bench.Rate);
        foreach (var ((name, _), performance) in odd.Zip(Setting.Each(odd, sound => setting.Bench.Perform(sound.Sound))))
        {
            var jerk = MotionStatistics.Jerk(performance.Motion, setting.Channels.Mouth, performance.Rate) / reference;
            var widest = performance.Motion.Max(frame => frame.Max(value => Math.Abs(value)));
            findings.Add($"jerk of the mouth in {name}, as a share of that in clean speech", jerk, "made in code", Target.AtMost(1.5),
                note: $"largest channel {widest:F2}; lips deviate {Statistics.Deviation(setting.Channels.Aperture(performance)) / moving:F2} of speech. The limit is ours: calm means no rougher than talking");
        }
    }
}
