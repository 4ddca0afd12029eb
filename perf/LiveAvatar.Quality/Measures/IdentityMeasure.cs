using LiveAvatar.Quality.Engine;
using LiveAvatar.Quality.Report;

namespace LiveAvatar.Quality.Measures;

/// <summary>Whether a presenter stays the same person: distances of the pack's own identity vectors within and between sessions.</summary>
internal sealed class IdentityMeasure(Setting setting)
{
    internal IEnumerable<Finding> Run()
    {
        setting.Progress("Recognising the presenters");
        var findings = new Findings("Same person");
        var voice = setting.Synthesizer.Cut(setting.Smoke ? 3 : 10, setting.SampleRate);
        var emotions = setting.Smoke ? 0 : setting.Bench.Manifest.Emotions.Count;
        var performances = Setting.Each(Enumerable.Range(-1, emotions + 1).ToArray(), emotion =>
            (Emotion: setting.Bench.Emotion(emotion, 1), Performance: setting.Bench.Perform(voice.Samples, setting.Bench.Emotion(emotion, 1), seed: 5)));
        var avatars = setting.Bench.Manifest.Avatars;
        var identities = Setting.Each(avatars, avatar =>
        {
            using var reader = new IdentityReader(setting.Bench.Pack);
            using var drawer = setting.Bench.Engine.CreateMotionDrawer(avatar.Name);
            return performances.SelectMany(p => Enumerable.Range(0, p.Performance.Motion.Length).Where(frame => frame % (setting.Smoke ? 25 : 12) == 10)
                .Select(frame => reader.Read(setting.Bench.Draw(drawer, p.Performance, frame, p.Emotion)))).ToArray();
        });
        var centres = identities.Select(Centre).ToArray();
        double[] within = [.. identities.Select((all, i) => all.Average(identity => Distance(identity, centres[i])))];
        double[] farthest = [.. identities.Select((all, i) => all.Max(identity => Distance(identity, centres[i])))];
        double[] between = [.. from i in Enumerable.Range(0, centres.Length) from j in Enumerable.Range(0, i) select Distance(centres[i], centres[j])];
        if (between.Length == 0)
        {
            findings.Miss("identity: nearest two presenters against the distance within a session", "the pack has one presenter", Target.AtLeast(3));
            return findings.All;
        }

        var set = $"{identities.Sum(all => all.Length)} frames, neutral and {emotions} emotions, {voice.Set}";
        findings.Add("identity: nearest two presenters against the mean distance within a session", between.Min() / within.Max(), set, Target.AtLeast(3),
            note: $"the pack's own identity encoder on rendered frames; within {within.Max():F2} (widest presenter), between {between.Min():F2} (nearest two)");
        findings.Add("identity: nearest two presenters against the farthest single frame", between.Min() / farthest.Max(), set, note: "stricter: every frame, not the mean");
        return findings.All;
    }

    private static float[] Centre(float[][] all) => [.. Enumerable.Range(0, all[0].Length).Select(k => all.Average(identity => identity[k]))];

    private static double Distance(float[] a, float[] b) => Math.Sqrt(a.Zip(b, (x, y) => (double)(x - y) * (x - y)).Sum());
}
