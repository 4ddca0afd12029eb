using LiveAvatar.Codecs;
using LiveAvatar.Inference;

namespace LiveAvatar.Pipeline.Offline;

/// <summary>Draws one presenter in every mouth shape and emotion: a look at what the decoder makes of them.</summary>
/// <remarks>
/// Each row is an emotion at full strength, each column a viseme. The face around the mouth is the models' own: they listen to two
/// seconds of silence with the emotion and the head held straight, and the median of the second one is the row's face at rest, which
/// leaves out blinks. The mouth shapes are <see cref="VisemeShapes"/>. Nobody speaks on a sheet, so the tongue rests.
/// </remarks>
public sealed class ContactSheet(InferenceEngine engine)
{
    private const int RestFrames = 50;
    private const int MedianFrames = 25;
    private const int Seed = 1;

    /// <summary>Names of the columns.</summary>
    public static IReadOnlyList<string> Columns { get; } = [.. VisemeShapes.All.Select(viseme => viseme.Name)];

    /// <summary>Names of the rows: neutral, then the pack's emotions.</summary>
    public IReadOnlyList<string> Rows => ["neutral", .. engine.Pack.Manifest.Emotions];

    /// <summary>Draws the sheet of one presenter as a PNG file in memory.</summary>
    /// <param name="avatar">Its name.</param>
    /// <param name="tile">Width and height of one picture, even.</param>
    /// <param name="cancellation">Ends the drawing between two pictures.</param>
    /// <exception cref="KeyNotFoundException">The pack has no such avatar.</exception>
    public byte[] Draw(string avatar, int tile, CancellationToken cancellation)
    {
        var pack = engine.Pack.Manifest;
        var (full, small) = (new I420Layout(pack.Video.Width, pack.Video.Height), new I420Layout(tile, tile));
        var (picture, scaled, pixels) = (new byte[engine.FrameBytes], new byte[small.Length], new byte[3 * tile * tile]);
        var sheet = new byte[pixels.Length * Columns.Count * Rows.Count];
        using var drawer = engine.CreateMotionDrawer(avatar);
        for (var row = 0; row < Rows.Count; row++)
        {
            var rest = AtRest(avatar, row - 1);
            for (var column = 0; column < Columns.Count; column++)
            {
                cancellation.ThrowIfCancellationRequested();
                var motion = rest.Motion.ToArray();
                VisemeShapes.Add(VisemeShapes.All[column], pack.Motion, motion);
                drawer.Draw(motion, rest.Emotion, rest.Context, rest.NoiseCode, picture);
                Yuv.Scale(picture, full, scaled, small);
                Yuv.I420ToRgb(scaled, pixels, tile, tile);
                Place(pixels, tile, sheet, row, column);
            }
        }

        return ImageFile.EncodePng(RgbImage.FromInterleaved(tile * Columns.Count, tile * Rows.Count, sheet));
    }

    private static void Place(ReadOnlySpan<byte> pixels, int tile, Span<byte> sheet, int row, int column)
    {
        var (line, sheetLine) = (3 * tile, 3 * tile * Columns.Count);
        for (var y = 0; y < tile; y++)
        {
            pixels.Slice(y * line, line).CopyTo(sheet[((((row * tile) + y) * sheetLine) + (column * line))..]);
        }
    }

    /// <summary>The face in silence with one emotion, or none for −1.</summary>
    private Rest AtRest(string avatar, int emotion)
    {
        var pack = engine.Pack.Manifest;
        var strengths = new float[pack.Emotions.Count];
        if (emotion >= 0)
        {
            strengths[emotion] = 1;
        }

        using var stream = engine.CreateStream(avatar, Seed);
        var silence = new float[pack.Audio.ChunkSamples];
        var motions = new List<float[]>();
        for (var i = 0; i < RestFrames; i++)
        {
            stream.Listen(silence, new Steering(strengths, default, poseWeight: 1));
            if (i >= RestFrames - MedianFrames)
            {
                motions.Add(stream.Motion.ToArray());
            }
        }

        var median = Enumerable.Range(0, pack.Motion.Count).Select(channel => motions.Select(motion => motion[channel]).Order().ElementAt(MedianFrames / 2));
        return new Rest([.. median], strengths, stream.Context.ToArray(), stream.NoiseCode.ToArray());
    }

    private sealed record Rest(float[] Motion, float[] Emotion, float[] Context, float[] NoiseCode);
}
