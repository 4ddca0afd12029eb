namespace LiveAvatar.Inference.Tests;

[Trait("Category", "unit")]
public sealed class MotionDrawerTests : IDisposable
{
    private readonly InferenceEngine _engine = TestPacks.TinyEngine();
    private readonly byte[] _picture = new byte[1536];

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void WhatAStreamHeard_GivesTheStreamsPicture()
    {
        float[] emotion = [0, 0.5f, 0, 0, 1, 0, 0];
        using var stream = _engine.CreateStream("bob", 4);
        using var drawer = _engine.CreateMotionDrawer("bob");
        var expected = new byte[1536];
        stream.Listen(AvatarStreamTests.Sound(1, 1), new Steering { Emotion = emotion });
        stream.Draw(expected);

        drawer.Draw(stream.Motion, emotion, stream.Context, stream.NoiseCode, _picture);
        Assert.Equal(expected, _picture);
    }

    [Fact]
    public void EmptyInputs_AreZeros()
    {
        using var drawer = _engine.CreateMotionDrawer("ada");
        var motion = new float[58];
        motion[17] = 1;
        drawer.Draw(motion, new float[7], new float[6], new float[3], _picture);
        var given = _picture.ToArray();
        drawer.Draw(new float[58], [1, 1, 1, 1, 1, 1, 1], [9, 9, 9, 9, 9, 9], [9, 9, 9], _picture);
        Assert.NotEqual(given, _picture);

        drawer.Draw(motion, [], [], [], _picture);
        Assert.Equal(given, _picture);
    }

    [Fact]
    public void SetAvatar_DrawsTheOtherOne()
    {
        using var ada = _engine.CreateMotionDrawer("ada");
        using var bob = _engine.CreateMotionDrawer("bob");
        var expected = new byte[1536];
        bob.Draw(new float[58], [], [], [], expected);
        ada.Draw(new float[58], [], [], [], _picture);
        Assert.NotEqual(expected, _picture);

        ada.SetAvatar("bob");
        ada.Draw(new float[58], [], [], [], _picture);
        Assert.Equal(expected, _picture);
        Assert.Throws<KeyNotFoundException>(() => ada.SetAvatar("eve"));
    }

    [Fact]
    public void WrongLengths_AreMisuse()
    {
        using var drawer = _engine.CreateMotionDrawer("ada");
        Assert.Contains("emotion has 7 numbers", Assert.Throws<ArgumentException>(() => drawer.Draw(new float[58], new float[3], [], [], _picture)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => drawer.Draw(new float[57], [], [], [], _picture));
        Assert.Throws<ArgumentException>(() => drawer.Draw(new float[58], [], [], [], new byte[1]));
    }
}
