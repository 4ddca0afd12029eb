using System.Security.Cryptography;
using LiveAvatar.Quality.Data;
using LiveAvatar.Quality.Engine;
using LiveAvatar.Quality.Metrics;
using LiveAvatar.Quality.Report;

namespace LiveAvatar.Quality.Measures;

/// <summary>Lips on voices that were never trained on: closures, vowels, timing, visemes.</summary>
internal sealed class SpeechMeasure(Setting setting)
{
    private const string Human = "emodb";

    private Dictionary<string, Performance>? _performances;

    /// <summary>What the pack made of each recording, by its name.</summary>
    internal IReadOnlyDictionary<string, Performance> Performances => _performances ??= Hear();

    internal IEnumerable<Finding> Run()
    {
        var head = VisemeHead.TryRead(setting.QualityVectors);
        var headFits = head is not null && head.Encoder == Hash(Path.Combine(setting.Bench.Pack.Folder, setting.Bench.Manifest.SpeechEncoder.File))
            && head.Features == setting.Bench.Manifest.Audio.FeatureSize;
        var findings = new Findings("Speech");
        foreach (var set in setting.Timed.GroupBy(voice => voice.Set))
        {
            var score = new VoiceScore(set.Key, setting.Teacher);
            foreach (var voice in set)
            {
                var performance = Performances[voice.Name];
                score.Add(voice, setting.Channels.Aperture(performance), performance, setting.SampleRate);
                if (headFits)
                {
                    score.AddVisemes(voice, performance, head!, setting.Bench.Manifest.Audio.FeaturesPerChunk, setting.LateFrames);
                }
            }

            Tell(findings, score, set.Key == Human, head?.Delay ?? 0);
            LookAhead(findings, score, head);
        }

        if (!headFits)
        {
            findings.Miss("frame viseme accuracy", head is null ? "there is no viseme head in tests/vectors/quality" : "the viseme head belongs to another encoder: run models/training/quality/head.py", Target.AtLeast(0.8));
        }

        Probe(findings);
        Transcripts(findings, headFits ? head : null);
        return findings.All;
    }

    private Dictionary<string, Performance> Hear()
    {
        setting.Progress("Listening to held-out voices");
        var heard = Setting.Each(setting.Voices, voice => setting.Bench.Perform(voice.Samples));
        return setting.Voices.Zip(heard).ToDictionary(pair => pair.First.Name, pair => pair.Second);
    }

    private void Tell(Findings findings, VoiceScore score, bool human, int delay)
    {
        var closures = score.Closures;
        findings.Add("lip closures on p, b, m: recall", closures.Recall, score.Set, Target.AtLeast(human ? 0.90 : 0.95), note: $"{closures.Events} closures, ±{setting.Teacher.NearSeconds * 1000:F0} ms; by chance {closures.Chance:F2}");
        findings.Add("lip closures on p, b, m: precision", closures.Precision, score.Set, human ? null : Target.AtLeast(0.90));
        if (score.VisemeAccuracy.TryGetValue(delay, out var accuracy))
        {
            findings.Add("frame viseme accuracy", accuracy, score.Set, Target.AtLeast(human ? 0.65 : 0.80), note: "the head that trained with the encoder, on the engine's features; 15 classes, labelled 20 ms frames only");
        }

        var vowels = score.GapByOpenness;
        findings.Add("lip aperture against vowel height: rank correlation", score.HeightCorrelation, score.Set, Target.AtLeast(0.6), note: $"median aperture of close, middle, open vowels {vowels[0]:F2}, {vowels[1]:F2}, {vowels[2]:F2}; {TeacherHeight(score.Set)}");
        findings.Add("peak of the aperture/vowel cross-correlation", score.LagMs, score.Set, Target.Between(-20, 20), "ms", $"r {score.LagCorrelation:F2}; positive = lips late; {TeacherLag(score.Set)}");
        if (setting.Teacher.Apertures.TryGetValue(score.Set, out var teacher))
        {
            var aperture = setting.Channels.Aperture(Performances[score.Set]);
            var frames = Math.Min(aperture.Length, teacher.Length);
            findings.Add("aperture against the teacher's: correlation", Statistics.Pearson(aperture.AsSpan(0, frames), teacher.AsSpan(0, frames)), score.Set);
        }
    }

    // One encoder, classifiers that wait 0, 40 and 80 ms for the sound to go on.
    private void LookAhead(Findings findings, VoiceScore score, VisemeHead? head)
    {
        var accuracy = score.VisemeAccuracy;
        if (head is null || accuracy.Count < 2)
        {
            return;
        }

        var milliseconds = 1000 / (setting.Bench.Rate * setting.Bench.Manifest.Audio.FeaturesPerChunk);
        findings.Add("viseme accuracy at the look-ahead that ships as a share of the best", accuracy[head.Delay] / accuracy.Values.Max(), score.Set, Target.AtLeast(0.95),
            note: string.Join(", ", accuracy.Select(pair => $"{pair.Key * milliseconds:F0} ms {pair.Value:F3}")));
    }

    // The same estimates of the teacher's own lips say how much of a lag or a correlation lies in the labels.
    private string TeacherLag(string set) => TeacherScore(set) is { } score ? $"teacher's own lips {score.LagMs:F0} ms" : "";

    private string TeacherHeight(string set) => TeacherScore(set) is { } score ? $"teacher's own lips {score.HeightCorrelation:F2}" : "";

    private VoiceScore? TeacherScore(string set)
    {
        if (!setting.Teacher.Apertures.TryGetValue(set, out var aperture) || setting.Smoke)
        {
            return null;
        }

        var score = new VoiceScore(set, setting.Teacher);
        var performance = new Performance([.. aperture.Select(_ => Array.Empty<float>())], [], [], [], setting.Bench.Rate, 0);
        score.Add(setting.Voices.First(voice => voice.Name == set), aperture, performance, setting.SampleRate);
        return score;
    }

    private void Probe(Findings findings)
    {
        var voices = setting.Timed.Where(voice => voice.Kind == Voice.Synthesizer).Take(2).Select(voice => (voice, Performances[voice.Name])).ToArray();
        if (voices.Length == 2)
        {
            setting.Progress("Reading visemes from the lips");
            findings.Add("visemes told from the lips' motion alone", VisemeProbe.Accuracy(voices[0], voices[1], setting.Channels), voices[1].voice.Set,
                note: $"linear probe on the mouth channels of three frames, fitted on {voices[0].voice.Set}: visemes that look alike (t d n l, k, s) cannot be told apart, so this is a lower bound");
        }
    }

    private void Transcripts(Findings findings, VisemeHead? head)
    {
        int edits = 0, length = 0, labials = 0, closed = 0;
        var audio = setting.Bench.Manifest.Audio;
        foreach (var voice in setting.Voices.Where(voice => voice.Kind == Voice.Transcript))
        {
            var performance = Performances[voice.Name];
            var shut = Array.ConvertAll(setting.Channels.Aperture(performance), gap => gap < setting.Teacher.ClosedAperture);
            foreach (var utterance in voice.Utterances)
            {
                var (first, end) = (performance.FrameAt(utterance.Start), performance.FrameAt(utterance.End));
                var said = Sounding(voice.Samples, audio.ChunkSamples, first, end);
                labials += utterance.Visemes.Count(viseme => viseme == "PP");
                closed += Runs.Of(shut.AsSpan(said.First..said.End)).Count(run => run.First > 0 && run.End < said.End - said.First);
                if (head is not null)
                {
                    var heard = Enumerable.Range(first, end - first).SelectMany(frame => Enumerable.Range(0, audio.FeaturesPerChunk)
                        .Select(part => head.Classify(performance.Features[frame].AsSpan(part * head.Features, head.Features))));
                    edits += EditDistance.Of(Collapse(heard), utterance.Visemes);
                    length += utterance.Visemes.Count;
                }
            }
        }

        const string Set = "speechocean762 test, 2 children, 2 adults";
        if (labials > 0)
        {
            findings.Add("lip closures per p, b, m of the transcript", (double)closed / labials, Set, note: $"{labials} in the transcripts; no times, so misses and inventions may cancel");
        }

        if (length > 0)
        {
            findings.Add("viseme error rate", (double)edits / length, Set, note: "edit distance of what the head tells to the transcript, as a share of it");
        }
    }

    // From the first to the last frame that is louder than a fortieth of the loudest.
    private static (int First, int End) Sounding(float[] samples, int chunk, int first, int end)
    {
        var levels = Enumerable.Range(first, end - first).Select(frame => Signals.Rms(samples.AsSpan(frame * chunk, chunk))).ToArray();
        var loud = levels.Select((level, i) => (level, i)).Where(pair => pair.level > 0.025 * levels.Max()).Select(pair => pair.i).ToArray();
        return loud.Length == 0 ? (first, first) : (first + loud[0], first + loud[^1] + 1);
    }

    private static List<string> Collapse(IEnumerable<string> frames)
    {
        var (runs, last, count) = (new List<string>(), "", 0);
        foreach (var viseme in frames.Append(""))
        {
            if (viseme != last)
            {
                if (count >= 2 && last != "sil" && (runs.Count == 0 || runs[^1] != last))
                {
                    runs.Add(last); // one 20 ms frame alone is a slip between two sounds
                }

                (last, count) = (viseme, 0);
            }

            count++;
        }

        return runs;
    }

    private static string Hash(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
}
