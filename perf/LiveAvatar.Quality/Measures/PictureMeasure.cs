using LiveAvatar.Inference;
using LiveAvatar.Quality.Data;
using LiveAvatar.Quality.Engine;
using LiveAvatar.Quality.Metrics;
using LiveAvatar.Quality.Report;

namespace LiveAvatar.Quality.Measures;

/// <summary>Pictures against the teacher's renders that were held out of training, before and after VP8, and the border of a pasted part.</summary>
internal sealed class PictureMeasure(Setting setting, FaceBoxes faces)
{
    private const int CallBitrate = 800_000;

    /// <summary>A few rows of teacher, decoder, VP8 for the report.</summary>
    internal List<byte[]> Samples { get; } = [];

    private PackVideo Video => setting.Bench.Manifest.Video;

    internal IEnumerable<Finding> Run()
    {
        var findings = new Findings("Picture");
        var folder = Path.Combine(setting.QualityVectors, "faces");
        var renders = Directory.Exists(folder) ? TeacherFaces.Read(folder, setting.Bench.Manifest) : [];
        if (renders.Count == 0)
        {
            findings.Miss("face-region PSNR", "tests/vectors/quality/faces has no held-out renders of this pack's presenters", Target.AtLeast(32), "dB");
            findings.Miss("face-region SSIM", "as above", Target.AtLeast(0.93));
            findings.Miss("gradient sharpness, ratio to the teacher", "as above", Target.AtLeast(0.9));
        }

        foreach (var render in renders)
        {
            setting.Progress($"Comparing {render.Avatar} with the teacher");
            Compare(findings, render);
        }

        var missing = setting.Bench.Manifest.Avatars.Select(avatar => avatar.Name).Except(renders.Select(render => render.Avatar)).ToArray();
        if (renders.Count > 0 && missing.Length > 0)
        {
            findings.Miss("face-region PSNR, other presenters", $"no held-out renders of {string.Join(", ", missing)}");
        }

        Seams(findings);
        return findings.All;
    }

    private void Compare(Findings findings, TeacherFaces render)
    {
        using var drawer = setting.Bench.Engine.CreateMotionDrawer(render.Avatar);
        var drawn = render.Rows.Select(row => Draw(drawer, row)).ToArray();
        var set = $"{render.Avatar}, {drawn.Length} held-out frames";
        Score(findings, render.Frames, drawn, set, "", "luma of the face region");
        var (sent, bits) = VideoCodecTrip.Vp8(drawn, Video, CallBitrate);
        Score(findings, render.Frames, sent, set, " after VP8 at 800 kbit/s", $"{bits / 1000:F0} kbit/s used");
        Samples.AddRange([render.Frames[drawn.Length / 2], drawn[drawn.Length / 2], sent[drawn.Length / 2]]);
    }

    private void Score(Findings findings, IReadOnlyList<byte[]> teacher, byte[][] drawn, string set, string after, string note)
    {
        var pairs = teacher.Zip(drawn, (a, b) => (Teacher: Face(a), Drawn: Face(b))).ToArray();
        findings.Add($"face-region PSNR{after}", pairs.Average(pair => PictureMetrics.Psnr(pair.Teacher, pair.Drawn)), set, Target.AtLeast(32), "dB", note);
        findings.Add($"face-region SSIM{after}", pairs.Average(pair => PictureMetrics.Ssim(pair.Teacher, pair.Drawn)), set, Target.AtLeast(0.93));
        findings.Add($"gradient sharpness, ratio to the teacher{after}", pairs.Average(pair => PictureMetrics.Sharpness(pair.Drawn) / PictureMetrics.Sharpness(pair.Teacher)), set, Target.AtLeast(0.9));
    }

    private void Seams(Findings findings)
    {
        if (faces.Paste is not { } paste)
        {
            findings.Miss("border gradient of the pasted part", faces.IsKnown ? "not applicable: the decoder draws the whole frame" : "faces/region.json does not say where a part is pasted");
            return;
        }

        setting.Progress("Looking for seams");
        var voice = setting.Synthesizer.Cut(setting.Smoke ? 3 : 12, setting.SampleRate);
        var performance = setting.Bench.Perform(voice.Samples, seed: 3);
        foreach (var avatar in setting.Bench.Manifest.Avatars)
        {
            using var drawer = setting.Bench.Engine.CreateMotionDrawer(avatar.Name);
            double[] seams = [.. Enumerable.Range(0, performance.Motion.Length).Where(frame => frame % 25 == 12)
                .Select(frame => PictureMetrics.Seam(Luma.Of(setting.Bench.Draw(drawer, performance, frame), Video.Width, Video.Height), paste))];
            findings.Add("border gradient of the pasted part against its neighbours", seams.Max(), avatar.Name, Target.AtMost(1.25), note: $"the steepest of {seams.Length} frames, mean {seams.Average():F2}; 1 is no seam, the limit is ours");
        }
    }

    private byte[] Draw(MotionDrawer drawer, float[] row)
    {
        var manifest = setting.Bench.Manifest;
        var (motion, context, emotion) = (manifest.Motion.Count, manifest.Sizes.Context, manifest.Emotions.Count);
        var picture = new byte[Video.FrameBytes];
        drawer.Draw(row.AsSpan(0, motion), row.AsSpan(motion + context, emotion), row.AsSpan(motion, context), row.AsSpan(motion + context + emotion), picture);
        return picture;
    }

    private Luma Face(byte[] i420) => Luma.Of(i420, Video.Width, Video.Height).Cut(faces.Face);
}
