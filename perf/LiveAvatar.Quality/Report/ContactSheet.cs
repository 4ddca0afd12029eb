using LiveAvatar.Codecs;
using LiveAvatar.Quality.Data;
using LiveAvatar.Quality.Engine;
using LiveAvatar.Quality.Metrics;

namespace LiveAvatar.Quality.Report;

/// <summary>A presenter's faces: emotions down, visemes across, each cut from a performance of the held-out voice as a viewer would see it.</summary>
internal sealed class ContactSheet(Bench bench, FaceBoxes faces, Channels channels)
{
    private const int CellWidth = 136, Margin = 4, LabelWidth = 92, LabelHeight = 22;
    private static readonly string[] Visemes = "sil PP FF TH DD kk CH SS nn RR aa E I O U".Split(' ');

    /// <summary>Draws a sheet.</summary>
    /// <param name="avatar">The presenter.</param>
    /// <param name="voice">What was said.</param>
    /// <param name="speaking">The performance under each emotion, −1 for neutral.</param>
    internal Canvas Draw(string avatar, Voice voice, IReadOnlyDictionary<int, Performance> speaking)
    {
        var height = CellWidth * faces.Face.Height / faces.Face.Width;
        var columns = Visemes.Length + 1;
        var canvas = new Canvas(LabelWidth + (columns * (CellWidth + Margin)), LabelHeight + (speaking.Count * (height + Margin)), Colour.White);
        using var drawer = bench.Engine.CreateMotionDrawer(avatar);
        var row = 0;
        foreach (var (emotion, performance) in speaking.OrderBy(pair => pair.Key))
        {
            var top = LabelHeight + (row++ * (height + Margin));
            canvas.Text(emotion < 0 ? "neutral" : bench.Manifest.Emotions[emotion], 4, top + (height / 2), Colour.Ink, 1.4);
            for (var column = 0; column < columns; column++)
            {
                var left = LabelWidth + (column * (CellWidth + Margin));
                var name = column < Visemes.Length ? Visemes[column] : "blink";
                canvas.Text(name, left + (CellWidth / 2) - 8, 5, Colour.Ink, 1.6);
                if (Moment(name, voice, performance) is { } frame)
                {
                    canvas.Paste(Cell(bench.Draw(drawer, performance, frame, bench.Emotion(emotion, 1)), height), left, top);
                }
            }
        }

        return canvas;
    }

    /// <summary>The presenters with the head held in given poses, one row each.</summary>
    internal Canvas DrawPoses()
    {
        (string Name, float[] Pose)[] poses =
        [
            ("straight", [0, 0, 0, 0, 0, 0]), ("left", [.2f, 0, 0, 0, 0, 0]), ("right", [-.2f, 0, 0, 0, 0, 0]), ("down", [0, .13f, 0, 0, 0, 0]), ("up", [0, -.13f, 0, 0, 0, 0]),
            ("tilted", [0, 0, .11f, 0, 0, 0]), ("tilted back", [0, 0, -.11f, 0, 0, 0]), ("near", [0, 0, 0, 0, 0, .05f]), ("moved", [0, 0, 0, .05f, .04f, 0]),
        ];
        const int Cell = 200;
        var avatars = bench.Manifest.Avatars;
        var canvas = new Canvas((poses.Length * (Cell + Margin)) + Margin, LabelHeight + (avatars.Count * (Cell + Margin)), Colour.White);
        for (var column = 0; column < poses.Length; column++)
        {
            var performance = bench.Perform(new float[bench.Manifest.Audio.SampleRate * 2], pose: poses[column].Pose);
            var frame = Enumerable.Range(performance.Motion.Length / 2, performance.Motion.Length / 2).MinBy(i => channels.Lids(performance)[i]);
            canvas.Text(poses[column].Name, Margin + (column * (Cell + Margin)), 5, Colour.Ink, 1.4);
            for (var row = 0; row < avatars.Count; row++)
            {
                using var drawer = bench.Engine.CreateMotionDrawer(avatars[row].Name);
                canvas.Paste(Scale(bench.Draw(drawer, performance, frame), Cell, Cell), Margin + (column * (Cell + Margin)), LabelHeight + (row * (Cell + Margin)));
            }
        }

        return canvas;
    }

    /// <summary>Face regions side by side: teacher, decoder, decoder after VP8, one row per presenter.</summary>
    internal Canvas DrawComparison(IReadOnlyList<(byte[] Picture, Box Face)> pictures)
    {
        var (width, height) = (pictures[0].Face.Width, pictures[0].Face.Height);
        var canvas = new Canvas((3 * (width + Margin)) + Margin, LabelHeight + (pictures.Count / 3 * (height + Margin)), Colour.White);
        var names = (string[])["teacher", "decoder", "after VP8 at 800 kbit/s"];
        for (var i = 0; i < pictures.Count; i++)
        {
            canvas.Text(names[i % 3], Margin + (i % 3 * (width + Margin)), 5, Colour.Ink, 1.4);
            canvas.Paste(Cut(ToRgb(pictures[i].Picture), pictures[i].Face), Margin + (i % 3 * (width + Margin)), LabelHeight + (i / 3 * (height + Margin)));
        }

        return canvas;
    }

    // The middle of the viseme's longest sound that was performed (its quietest lids, not to catch a blink); of all frames the one with the lids most shut for a blink.
    private int? Moment(string viseme, Voice voice, Performance performance)
    {
        var lids = channels.Lids(performance);
        if (viseme == "blink")
        {
            return Array.IndexOf(lids, lids.Max());
        }

        var (open, end) = (Statistics.Median(lids) + 0.2, performance.TimeOf(performance.Motion.Length - 1));
        return voice.Labels.Where(label => label.Viseme == viseme && label.End < end).OrderByDescending(label => label.End - label.Start)
            .Select(label => performance.FrameAt(label.Closed is { } closed ? (closed.Start + closed.End) / 2 : (label.Start + label.End) / 2))
            .Where(frame => lids[frame] < open).Select(frame => (int?)frame).FirstOrDefault();
    }

    private RgbImage Cell(byte[] i420, int height)
    {
        var video = bench.Manifest.Video;
        var box = faces.Face;
        var layout = new I420Layout(video.Width, video.Height);
        var factor = (double)CellWidth / box.Width;
        var small = new I420Layout((int)(video.Width * factor), (int)(video.Height * factor));
        var scaled = new byte[small.Length];
        Yuv.Scale(i420, layout, scaled, small);
        var whole = ToRgb(scaled, small.Width, small.Height);
        return Cut(whole, new Box((int)(box.Left * factor), (int)(box.Top * factor), Math.Min(CellWidth, whole.Width - (int)(box.Left * factor)), Math.Min(height, whole.Height - (int)(box.Top * factor))));
    }

    private RgbImage Scale(byte[] i420, int width, int height)
    {
        var small = new I420Layout(width, height);
        var scaled = new byte[small.Length];
        Yuv.Scale(i420, new I420Layout(bench.Manifest.Video.Width, bench.Manifest.Video.Height), scaled, small);
        return ToRgb(scaled, width, height);
    }

    private RgbImage ToRgb(byte[] i420) => ToRgb(i420, bench.Manifest.Video.Width, bench.Manifest.Video.Height);

    private static RgbImage ToRgb(byte[] i420, int width, int height)
    {
        var rgb = new byte[3 * width * height];
        Yuv.I420ToRgb(i420, rgb, width, height);
        return RgbImage.FromInterleaved(width, height, rgb);
    }

    private static RgbImage Cut(RgbImage image, Box box)
    {
        var planes = new byte[3 * box.Width * box.Height];
        for (var plane = 0; plane < 3; plane++)
        {
            for (var y = 0; y < box.Height; y++)
            {
                image.Planes.Slice((((plane * image.Height) + box.Top + y) * image.Width) + box.Left, box.Width).CopyTo(planes.AsSpan(((plane * box.Height) + y) * box.Width));
            }
        }

        return new RgbImage(box.Width, box.Height, planes);
    }
}
