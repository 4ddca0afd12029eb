namespace LiveAvatar.Inference.Tests;

[Trait("Category", "unit")]
public sealed class EyeSteeringTests : IDisposable
{
    private readonly InferenceEngine _engine = TestPacks.TinyEngine();

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData(0.6f, 0, "eyeLookOutLeft", "eyeLookInRight")]
    [InlineData(-0.6f, 0, "eyeLookInLeft", "eyeLookOutRight")]
    [InlineData(0, 0.6f, "eyeLookUpLeft", "eyeLookUpRight")]
    [InlineData(0, -0.6f, "eyeLookDownLeft", "eyeLookDownRight")]
    public void Gaze_TurnsBothEyesTheSameWay(float x, float y, string left, string right)
    {
        using var stream = _engine.CreateStream("ada", 1);
        stream.Listen(AvatarStreamTests.Sound(1, 1), new Steering { Eyes = new EyeSteering(x, y, 1, 0) });

        foreach (var (name, value) in Eyes(stream).Where(channel => channel.Name.StartsWith("eyeLook", StringComparison.Ordinal)))
        {
            Assert.Equal(name == left || name == right ? 0.6f : 0, value, 1e-6f);
        }
    }

    [Fact]
    public void HalfAGaze_IsHalfwayBetweenOwnAndWanted()
    {
        var own = Listen(default);
        var half = Listen(new EyeSteering(1, 0, 0.5f, 0));

        Assert.Equal((own["eyeLookOutLeft"] + 1) / 2, half["eyeLookOutLeft"], 1e-6f);
        Assert.Equal(own["eyeLookInLeft"] / 2, half["eyeLookInLeft"], 1e-6f);
    }

    [Fact]
    public void Blink_ClosesBothEyesAndNeverOpensThem()
    {
        var own = Listen(default);
        var closed = Listen(new EyeSteering(0, 0, 0, 1));
        var barely = Listen(new EyeSteering(0, 0, 0, 1e-6f));

        Assert.Equal((1f, 1f), (closed["eyeBlinkLeft"], closed["eyeBlinkRight"]));
        Assert.Equal((0f, 0f), (closed["eyeWideLeft"], closed["eyeWideRight"]));
        Assert.True(barely["eyeBlinkLeft"] >= own["eyeBlinkLeft"]);
    }

    [Fact]
    public void NoNumbers_ChangeNothing() =>
        Assert.Equal(Listen(default), Listen(new EyeSteering(float.NaN, float.NaN, float.NaN, float.NaN)));

    [Fact]
    public void OneFrame_LeavesTheNextAlone()
    {
        using var steered = _engine.CreateStream("ada", 1);
        using var plain = _engine.CreateStream("ada", 1);
        steered.Listen(AvatarStreamTests.Sound(1, 1), new Steering { Eyes = new EyeSteering(1, 1, 1, 1) });
        plain.Listen(AvatarStreamTests.Sound(1, 1), default);
        Assert.NotEqual(plain.Motion.ToArray(), steered.Motion.ToArray());

        steered.Listen(AvatarStreamTests.Sound(2, 1), default);
        plain.Listen(AvatarStreamTests.Sound(2, 1), default);
        Assert.Equal(plain.Motion, steered.Motion);
    }

    [Fact]
    public void Reseed_GoesOnLikeAStreamOfThatSeed()
    {
        using var stream = _engine.CreateStream("ada", 1);
        using var other = _engine.CreateStream("ada", 2);
        stream.Reseed(2);
        stream.Listen(AvatarStreamTests.Sound(1, 1), default);
        other.Listen(AvatarStreamTests.Sound(1, 1), default);

        Assert.Equal(other.Motion, stream.Motion);
    }

    private Dictionary<string, float> Listen(EyeSteering eyes)
    {
        using var stream = _engine.CreateStream("ada", 1);
        stream.Listen(AvatarStreamTests.Sound(1, 1), new Steering { Eyes = eyes });
        return Eyes(stream).ToDictionary(channel => channel.Name, channel => channel.Value);
    }

    private IEnumerable<(string Name, float Value)> Eyes(AvatarStream stream) =>
        _engine.Pack.Manifest.Motion.Zip(stream.Motion.ToArray()).Where(pair => pair.First.StartsWith("eye", StringComparison.Ordinal));
}
