using LiveAvatar.Inference;
using LiveAvatar.Quality.Data;
using LiveAvatar.Quality.Engine;
using LiveAvatar.Quality.Metrics;
using LiveAvatar.Quality.Report;

namespace LiveAvatar.Quality.Measures;

/// <summary>What the int8 twins change against the fp32 graphs, in numbers and pictures.</summary>
internal sealed class PrecisionMeasure(Setting setting, FaceBoxes faces, Bench full)
{
    internal IEnumerable<Finding> Run()
    {
        var findings = new Findings("Int8 against fp32");
        using var small = new Bench(setting.Bench.Pack, PrecisionPreference.Int8);
        if (small.Engine.PrecisionReport.Int8Graphs.Count == 0)
        {
            findings.Miss("face-region PSNR of int8 against fp32", $"no int8 graph runs: {small.Engine.PrecisionReport.Reason}", Target.AtLeast(38), "dB");
            findings.Miss("viseme argmax equal", "as above", Target.AtLeast(0.99));
            return findings.All;
        }

        setting.Progress("Comparing int8 with fp32");
        var voice = setting.Synthesizer.Cut(setting.Smoke ? 6 : 40, setting.SampleRate);
        Bench[] benches = [full, small];
        var heard = Setting.Each(benches, bench => bench.Perform(voice.Samples));
        Visemes(findings, heard[0], heard[1], voice.Set);
        Pictures(findings, heard[0], heard[1], small, voice.Set);
        return findings.All;
    }

    private void Visemes(Findings findings, Performance exact, Performance rounded, string set)
    {
        if (VisemeHead.TryRead(setting.QualityVectors) is { } head && head.Features == setting.Bench.Manifest.Audio.FeatureSize)
        {
            string[] Told(Performance performance) => [.. performance.Features.SelectMany(features => features.Chunk(head.Features)).Select(vector => head.Classify(vector))];
            findings.Add("viseme argmax equal", Told(exact).Zip(Told(rounded), (a, b) => a == b ? 1.0 : 0).Average(), set, Target.AtLeast(0.99), note: "what the viseme head reads from both encoders' features");
        }
        else
        {
            findings.Miss("viseme argmax equal", "there is no viseme head that fits", Target.AtLeast(0.99));
        }

        var (a, b) = (setting.Channels.Aperture(exact), setting.Channels.Aperture(rounded));
        findings.Add("lips open or closed alike", a.Zip(b, (x, y) => (x < setting.Teacher.ClosedAperture) == (y < setting.Teacher.ClosedAperture) ? 1.0 : 0).Average(), set, Target.AtLeast(0.99));
        findings.Add("difference of the mouth's motion, as a share of its spread", MotionStatistics.Difference(exact.Motion, rounded.Motion, setting.Channels.Mouth)
            / Math.Sqrt(MotionStatistics.Variance(exact.Motion, setting.Channels.Mouth) / setting.Channels.Mouth.Count), set);
    }

    private void Pictures(Findings findings, Performance exact, Performance rounded, Bench small, string set)
    {
        var avatars = setting.Bench.Manifest.Avatars;
        var (same, whole) = (new List<double>(), new List<double>());
        foreach (var avatar in avatars)
        {
            using var fullDrawer = full.Engine.CreateMotionDrawer(avatar.Name);
            using var smallDrawer = small.Engine.CreateMotionDrawer(avatar.Name);
            for (var frame = 20; frame < exact.Motion.Length; frame += setting.Smoke ? 60 : 50)
            {
                var reference = Face(full.Draw(fullDrawer, exact, frame));
                same.Add(PictureMetrics.Psnr(reference, Face(small.Draw(smallDrawer, exact, frame))));
                whole.Add(PictureMetrics.Psnr(reference, Face(small.Draw(smallDrawer, rounded, frame))));
            }
        }

        var names = $"{string.Join(", ", avatars.Select(avatar => avatar.Name))}; {set}";
        findings.Add("face-region PSNR of int8 against fp32, decoder alone", same.Average(), names, Target.AtLeast(38), "dB", $"same motion and context; worst of {same.Count} frames {same.Min():F1}");
        findings.Add("face-region PSNR of int8 against fp32, all graphs", whole.Average(), names, null, "dB", $"each chain on its own; worst {whole.Min():F1}");
    }

    private Luma Face(byte[] i420) => Luma.Of(i420, setting.Bench.Manifest.Video.Width, setting.Bench.Manifest.Video.Height).Cut(faces.Face);
}
