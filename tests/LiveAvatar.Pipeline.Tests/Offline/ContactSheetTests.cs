using LiveAvatar.Codecs;
using LiveAvatar.Inference;
using LiveAvatar.Pipeline.Offline;

namespace LiveAvatar.Pipeline.Tests.Offline;

public sealed class ContactSheetTests : IDisposable
{
    private const int Tile = 16;
    private readonly InferenceEngine _engine = TinyEngine.Create();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Sheet_HasATileForEveryVisemeAndEmotion()
    {
        var image = ImageFile.Decode(Draw("ada"));

        Assert.Equal(["neutral", "angry", "contempt", "disgusted", "fear", "happy", "sad", "surprised"], new ContactSheet(_engine).Rows);
        Assert.Equal(15, ContactSheet.Columns.Count);
        Assert.Equal((15 * Tile, 8 * Tile), (image.Width, image.Height));
        var tiles = Enumerable.Range(0, 8 * 15).Select(i => Convert.ToHexString(Cut(image, i / 15, i % 15))).ToList();
        Assert.True(tiles.Distinct().Count() > 100, "tiles are alike");
    }

    /// <summary>The first tile is the decoder's picture of the face at rest: the same chain by hand.</summary>
    [Fact]
    public void FirstTile_IsTheFaceAtRest()
    {
        using var stream = _engine.CreateStream("ada", 1);
        var motions = new List<float[]>();
        for (var i = 0; i < 50; i++)
        {
            stream.Listen(new float[640], new Steering { PoseWeight = 1 });
            motions.Add(stream.Motion.ToArray());
        }

        var rest = Enumerable.Range(0, 58).Select(c => motions.Skip(25).Select(m => m[c]).Order().ElementAt(12)).ToArray();
        using var drawer = _engine.CreateMotionDrawer("ada");
        var (picture, small, rgb) = (new byte[1536], new byte[Tile * Tile * 3 / 2], new byte[Tile * Tile * 3]);
        drawer.Draw(rest, [], stream.Context, stream.NoiseCode, picture);
        Yuv.Scale(picture, new I420Layout(32, 32), small, new I420Layout(Tile, Tile));
        Yuv.I420ToRgb(small, rgb, Tile, Tile);
        Assert.Equal(RgbImage.FromInterleaved(Tile, Tile, rgb).Planes.ToArray(), Cut(ImageFile.Decode(Draw("ada")), 0, 0));
    }

    [Fact]
    public void SameAvatar_GivesTheSameFile()
    {
        Assert.Equal(Draw("ada"), Draw("ada"));
        Assert.NotEqual(Draw("ada"), Draw("bob"));
    }

    [Fact]
    public void Cancelled_Ends()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => new ContactSheet(_engine).Draw("ada", Tile, cancelled.Token));
    }

    [Fact]
    public void EveryShape_NamesChannelsOfThePack()
    {
        var channels = _engine.Pack.Manifest.Motion;
        Assert.All(VisemeShapes.All.SelectMany(viseme => viseme.Channels), shape =>
            Assert.True(channels.Contains(shape.Channel) || (channels.Contains($"{shape.Channel}Left") && channels.Contains($"{shape.Channel}Right")), shape.Channel));
    }

    [Fact]
    public void ClosingShape_ClosesAJawThatTheMoodHoldsOpen()
    {
        string[] channels = ["jawOpen", "mouthClose", "mouthSmileLeft"];
        float[] surprised = [0.4f, 0, 0.2f];
        VisemeShapes.Add(VisemeShapes.All.Single(viseme => viseme.Name == "PP"), channels, surprised);
        Assert.Equal([0.06f, 0.06f, 0.2f], surprised);

        float[] open = [0.7f, 0, 0.2f];
        VisemeShapes.Add(VisemeShapes.All.Single(viseme => viseme.Name == "aa"), channels, open);
        Assert.Equal([1, 0, 0.2f], open);
    }

    private byte[] Draw(string avatar) => new ContactSheet(_engine).Draw(avatar, Tile, TestContext.Current.CancellationToken);

    /// <summary>One tile's planes.</summary>
    private static byte[] Cut(RgbImage image, int row, int column)
    {
        var planes = image.Planes;
        var tile = new List<byte>();
        for (var line = 0; line < 3 * Tile; line++)
        {
            var (plane, y) = (line / Tile, (row * Tile) + (line % Tile));
            tile.AddRange(planes.Slice((((plane * image.Height) + y) * image.Width) + (column * Tile), Tile));
        }

        return [.. tile];
    }
}
