using LiveAvatar.Inference;
using LiveAvatar.Quality.Data;
using LiveAvatar.Quality.Engine;
using LiveAvatar.Quality.Metrics;
using LiveAvatar.Quality.Report;

namespace LiveAvatar.Quality.Measures;

/// <summary>Pictures against the teacher's renders that were held out of training, before and after VP8, and the border of what is drawn anew.</summary>
internal sealed class PictureMeasure(Setting setting, FaceBoxes faces)
{
    private const int CallBitrate = 800_000;
    private const int Between = 10; // frames from one held-out frame to the next in the sequence that is sent through VP8: 0.4 s, a brisk movement

    /// <summary>Teacher, decoder, decoder after VP8 of one frame per presenter, for the report.</summary>
    internal List<(byte[] Picture, Box Face)> Samples { get; } = [];

    private PackVideo Video => setting.Bench.Manifest.Video;

    internal IEnumerable<Finding> Run()
    {
        var findings = new Findings("Picture");
        var renders = TeacherFaces.Read(Path.Combine(setting.QualityVectors, "faces"), setting.Bench.Manifest);
        foreach (var (avatar, frames) in setting.Smoke ? renders.Take(1) : renders)
        {
            setting.Progress($"Comparing {avatar} with the teacher");
            Compare(findings, avatar, frames);
        }

        var missing = setting.Bench.Manifest.Avatars.Select(avatar => avatar.Name).Except(renders.Select(render => render.Avatar)).ToArray();
        if (missing.Length > 0)
        {
            findings.Miss("face-region PSNR", $"tests/vectors/quality/faces has no held-out renders of {string.Join(", ", missing)}", Target.AtLeast(32), "dB");
        }

        Seams(findings);
        return findings.All;
    }

    private void Compare(Findings findings, string avatar, TeacherFrame[] frames)
    {
        using var drawer = setting.Bench.Engine.CreateMotionDrawer(avatar);
        var sequence = Sequence(frames).Select(row => Draw(drawer, row)).ToArray();
        var drawn = frames.Select((_, i) => sequence[i * Between]).ToArray();
        var set = $"{avatar}, {frames.Length} held-out renders";
        Score(findings, frames, drawn, set, "", "luma");
        findings.Add("mouth PSNR", frames.Zip(drawn, (frame, picture) => PictureMetrics.Psnr(Cut(frame.Picture, frame.Mouth), Cut(picture, frame.Mouth))).Average(), set, null, "dB");
        var (sent, bits) = VideoCodecTrip.Vp8(sequence, Video, CallBitrate);
        var arrived = frames.Select((_, i) => sent[i * Between]).ToArray();
        Score(findings, frames, arrived, set, " after VP8 at 800 kbit/s", $"{bits / 1000:F0} kbit/s spent on a sequence that moves from one held-out frame to the next in 0.4 s");
        var middle = frames.Length / 2;
        Samples.AddRange([(frames[middle].Picture, frames[middle].Face), (drawn[middle], frames[middle].Face), (arrived[middle], frames[middle].Face)]);
    }

    private void Score(Findings findings, TeacherFrame[] frames, byte[][] drawn, string set, string after, string note)
    {
        var pairs = frames.Zip(drawn, (frame, picture) => (Teacher: Cut(frame.Picture, frame.Face), Drawn: Cut(picture, frame.Face))).ToArray();
        findings.Add($"face-region PSNR{after}", pairs.Average(pair => PictureMetrics.Psnr(pair.Teacher, pair.Drawn)), set, Target.AtLeast(32), "dB", note);
        findings.Add($"face-region SSIM{after}", pairs.Average(pair => PictureMetrics.Ssim(pair.Teacher, pair.Drawn)), set, Target.AtLeast(0.93));
        findings.Add($"gradient sharpness, ratio to the teacher{after}", pairs.Average(pair => PictureMetrics.Sharpness(pair.Drawn) / PictureMetrics.Sharpness(pair.Teacher)), set, Target.AtLeast(0.9));
    }

    // The held-out rows with rows between them, so that VP8 sees motion and not a slide show.
    private static IEnumerable<float[]> Sequence(TeacherFrame[] frames)
    {
        for (var i = 0; i < frames.Length; i++)
        {
            yield return frames[i].Row;
            for (var k = 1; k < Between && i + 1 < frames.Length; k++)
            {
                var share = (float)k / Between;
                yield return [.. frames[i].Row.Zip(frames[i + 1].Row, (from, to) => from + (share * (to - from)))];
            }
        }
    }

    private void Seams(Findings findings)
    {
        setting.Progress("Looking for seams");
        var voice = setting.Synthesizer.Cut(setting.Smoke ? 3 : 12, setting.SampleRate);
        var performance = setting.Bench.Perform(voice.Samples, seed: 3);
        foreach (var avatar in setting.Bench.Manifest.Avatars)
        {
            using var drawer = setting.Bench.Engine.CreateMotionDrawer(avatar.Name);
            double[] seams = [.. Enumerable.Range(0, performance.Motion.Length).Where(frame => frame % 25 == 12)
                .Select(frame => PictureMetrics.Seam(Luma.Of(setting.Bench.Draw(drawer, performance, frame), Video.Width, Video.Height), faces.Paste))];
            findings.Add("border gradient of the part drawn anew against its neighbours", seams.Max(), avatar.Name, Target.AtMost(1.25), note: $"the steepest of {seams.Length} frames, mean {seams.Average():F2}; 1 is no seam, the limit is ours");
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

    private Luma Cut(byte[] i420, Box box) => Luma.Of(i420, Video.Width, Video.Height).Cut(box);
}
