using LiveAvatar.Inference;
using LiveAvatar.Quality.Engine;
using LiveAvatar.Quality.Metrics;
using LiveAvatar.Quality.Report;

namespace LiveAvatar.Quality.Measures;

/// <summary>Whether emotions can be told apart in the rendered face, grow with their strength and leave the lips alone.</summary>
internal sealed class EmotionMeasure(Setting setting, FaceBoxes faces)
{
    private const double Settle = 1.2; // seconds; an emotion has come up
    private const int Neutral = -1;

    private readonly Dictionary<int, Performance> _speaking = [];

    /// <summary>The held-out voice spoken under each emotion at full strength; −1 is neutral.</summary>
    internal IReadOnlyDictionary<int, Performance> Speaking => _speaking;

    /// <summary>Distance of the landmarks from neutral by emotion, at strengths 0, 0.25, … 1, as a share of that at 1; mean of the avatars.</summary>
    internal List<(string Emotion, double[] Distances)> Strengths { get; } = [];

    private int Count => setting.Smoke ? Math.Min(2, setting.Bench.Manifest.Emotions.Count) : setting.Bench.Manifest.Emotions.Count;

    private IEnumerable<int> All => Enumerable.Range(Neutral, Count + 1);

    internal IEnumerable<Finding> Run()
    {
        var findings = new Findings("Emotion");
        Closures(findings);
        Landmarks(findings);
        return findings.All;
    }

    private void Closures(Findings findings)
    {
        setting.Progress("Speaking under each emotion");
        var voice = setting.Synthesizer.Cut(setting.Smoke ? 8 : 60, setting.SampleRate);
        int[] emotions = [.. All];
        var recall = new Dictionary<int, double>();
        foreach (var (emotion, performance) in emotions.Zip(Setting.Each(emotions, emotion => setting.Bench.Perform(voice.Samples, setting.Bench.Emotion(emotion, 1)))))
        {
            _speaking[emotion] = performance;
            var closures = new Closures(setting.Teacher.ClosedAperture, setting.Teacher.NearSeconds);
            closures.Add(setting.Channels.Aperture(performance), performance.Rate, performance.Offset, voice.Closures, voice.Silences(setting.SampleRate));
            recall[emotion] = closures.Recall;
        }

        var worst = emotions.Where(emotion => emotion != Neutral).MinBy(emotion => recall[emotion]);
        findings.Add("lip closures lost under an emotion, the worst", Math.Max(0, recall[Neutral] - recall[worst]), voice.Set, Target.AtMost(0.03),
            note: $"recall neutral {recall[Neutral]:F2}; " + string.Join(", ", emotions.Where(emotion => emotion != Neutral).Select(emotion => $"{setting.Bench.Manifest.Emotions[emotion]} {recall[emotion]:F2}")));
    }

    private void Landmarks(Findings findings)
    {
        var voices = setting.Timed.Take(2).Select(voice => voice.Cut(setting.Smoke ? 3 : 6, setting.SampleRate).Samples).ToArray();
        var step = setting.Smoke ? 25 : 12; // frames between those that are looked at
        var avatars = setting.Bench.Manifest.Avatars.Take(setting.Smoke ? 1 : int.MaxValue).ToArray();
        (int Emotion, float Strength)[] cases = [(Neutral, 0), .. from emotion in Enumerable.Range(0, Count) from strength in (float[])[0.25f, 0.5f, 0.75f, 1] select (emotion, strength)];
        int[] learnt = [.. Enumerable.Range(0, cases.Length).Where(i => cases[i].Emotion == Neutral || cases[i].Strength is 0.5f or 1)];
        var train = Setting.Each([.. learnt.Select(i => cases[i])], c => setting.Bench.Perform(voices[0], setting.Bench.Emotion(c.Emotion, c.Strength), seed: 1, pose: Bench.Straight));
        var test = Setting.Each(cases, c => setting.Bench.Perform(voices[1], setting.Bench.Emotion(c.Emotion, c.Strength), seed: 2, pose: Bench.Straight));
        var full = new List<double>();
        var half = new List<double>();
        var distances = new double[cases.Length];
        foreach (var avatar in avatars)
        {
            setting.Progress($"Following landmarks of {avatar.DisplayName}");
            var tracker = new LandmarkTracker(Rest(avatar.Name), faces.Face);
            if (tracker.Count == 0)
            {
                findings.Miss($"emotions told from rendered landmarks, {avatar.Name}", "the face has no texture to follow", Target.AtLeast(1));
                return;
            }

            var seen = Setting.Each(learnt.Select((i, k) => (cases[i], train[k])).ToArray(), item => Track(tracker, avatar.Name, item.Item1, item.Item2, step));
            var unseen = Setting.Each(cases.Zip(test).ToArray(), item => Track(tracker, avatar.Name, item.First, item.Second, step));
            int[] classes = [.. learnt.SelectMany((i, k) => seen[k].Select(_ => cases[i].Emotion + 1))];
            var probe = LinearProbe.Fit([.. seen.SelectMany(samples => samples)], classes, Count + 1, ridge: 0.05);
            full.Add(Accuracy(probe, cases, unseen, 1));
            half.Add(Accuracy(probe, cases, unseen, 0.5f));
            for (var i = 0; i < cases.Length; i++)
            {
                distances[i] += Distance(Centre(unseen[i]), Centre(unseen[0])) / avatars.Length;
            }
        }

        var note = $"linear probe on landmarks followed by block matching from the resting picture, head held straight, frame by frame; fitted on {setting.Timed.First().Name} with seed 1, tested on {setting.Timed.ElementAt(1).Name} with seed 2";
        var names = string.Join(", ", avatars.Select(avatar => avatar.Name));
        findings.Add("emotions told from rendered landmarks at strength 1", full.Average(), names, Target.AtLeast(1), note: $"{note}; worst presenter {full.Min():F2}");
        findings.Add("emotions told from rendered landmarks at strength 0.5", half.Average(), names, Target.AtLeast(0.9), note: $"the probe that was fitted on both strengths; worst presenter {half.Min():F2}");
        Monotone(findings, cases, distances);
    }

    private void Monotone(Findings findings, (int Emotion, float Strength)[] cases, double[] distances)
    {
        var falls = new List<string>();
        for (var emotion = 0; emotion < Count; emotion++)
        {
            double[] curve = [0, .. cases.Select((c, i) => (c, i)).Where(pair => pair.c.Emotion == emotion).Select(pair => distances[pair.i])];
            Strengths.Add((setting.Bench.Manifest.Emotions[emotion], [.. curve.Select(distance => distance / curve[^1])]));
            if (curve.Zip(curve.Skip(1), (weaker, stronger) => stronger > weaker).Contains(false))
            {
                falls.Add(setting.Bench.Manifest.Emotions[emotion]);
            }
        }

        findings.Add("emotions whose landmarks do not move on with each step of strength", falls.Count, "strength 0.25, 0.5, 0.75, 1", Target.AtMost(0), note: string.Join(", ", falls));
    }

    private Luma Rest(string avatar)
    {
        using var drawer = setting.Bench.Engine.CreateMotionDrawer(avatar);
        var silence = setting.Bench.Perform(new float[setting.SampleRate], pose: Bench.Straight);
        return Draw(drawer, silence, silence.Motion.Length - 1, null);
    }

    // Landmarks of frames some steps apart, without those in which the eyes are shut: a blink looks the same in every emotion.
    private double[][] Track(LandmarkTracker tracker, string avatar, (int Emotion, float Strength) emotion, Performance performance, int step)
    {
        using var drawer = setting.Bench.Engine.CreateMotionDrawer(avatar);
        var lids = setting.Channels.Lids(performance);
        var open = Statistics.Median(lids) + 0.3;
        return [.. Enumerable.Range(0, performance.Motion.Length)
            .Where(frame => frame >= Settle * performance.Rate && frame % step == 0 && lids[frame] < open)
            .Select(frame => tracker.Track(Draw(drawer, performance, frame, setting.Bench.Emotion(emotion.Emotion, emotion.Strength))))];
    }

    private Luma Draw(MotionDrawer drawer, Performance performance, int frame, float[]? emotion)
    {
        var video = setting.Bench.Manifest.Video;
        return Luma.Of(setting.Bench.Draw(drawer, performance, frame, emotion), video.Width, video.Height);
    }

    private static double Accuracy(LinearProbe probe, (int Emotion, float Strength)[] cases, double[][][] unseen, float strength) =>
        Enumerable.Range(0, cases.Length).Where(i => cases[i].Emotion == Neutral || cases[i].Strength == strength)
            .SelectMany(i => unseen[i].Select(sample => probe.Classify(sample) == cases[i].Emotion + 1 ? 1.0 : 0)).Average();

    private static double[] Centre(double[][] samples) => [.. Enumerable.Range(0, samples[0].Length).Select(k => samples.Average(sample => sample[k]))];

    private static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum());
}
