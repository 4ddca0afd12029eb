namespace LiveAvatar.Inference.Tests;

/// <summary>What is laid over the motion besides the eyes: gestures of the head, and a hushed mouth.</summary>
[Trait("Category", "unit")]
public sealed class OverlayTests : IDisposable
{
    private readonly InferenceEngine _engine = TestPacks.TinyEngine();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void HeadOffset_IsAddedToWhateverTheHeadDoes()
    {
        var own = Listen(default);
        var moved = Listen(new Steering { HeadTurn = 0.2f, HeadNod = -0.1f });

        Assert.Equal(own["headYaw"] + 0.2f, moved["headYaw"], 1e-6f);
        Assert.Equal(own["headPitch"] - 0.1f, moved["headPitch"], 1e-6f);
        Assert.Equal(own.Where(Other), moved.Where(Other));

        static bool Other(KeyValuePair<string, float> channel) => channel.Key is not ("headYaw" or "headPitch");
    }

    [Fact]
    public void Hush_RestsTheSpeakingMouthAndNothingElse()
    {
        var own = Listen(default);
        var half = Listen(new Steering { Hush = 0.5f });
        var hushed = Listen(new Steering { Hush = 1 });

        foreach (var (name, value) in own)
        {
            var speaks = name is "tongueOut" or "cheekPuff" || name.StartsWith("jaw", StringComparison.Ordinal)
                || (name.StartsWith("mouth", StringComparison.Ordinal)
                    && !name.StartsWith("mouthSmile", StringComparison.Ordinal)
                    && !name.StartsWith("mouthFrown", StringComparison.Ordinal)
                    && !name.StartsWith("mouthDimple", StringComparison.Ordinal));
            Assert.Equal(speaks ? value / 2 : value, half[name], 1e-6f);
            Assert.Equal(speaks ? 0 : value, hushed[name]);
        }

        Assert.True(own["jawOpen"] > 0.01f, "the tiny pack's mouth must be open for this to show anything");
    }

    [Fact]
    public void NoNumbers_ChangeNothing() =>
        Assert.Equal(Listen(default), Listen(new Steering { HeadTurn = float.NaN, HeadNod = float.NaN, Hush = float.NaN }));

    private Dictionary<string, float> Listen(Steering steering)
    {
        using var stream = _engine.CreateStream("ada", 1);
        stream.Listen(AvatarStreamTests.Sound(1, 1), steering);
        return _engine.Pack.Manifest.Motion.Zip(stream.Motion.ToArray()).ToDictionary();
    }
}
