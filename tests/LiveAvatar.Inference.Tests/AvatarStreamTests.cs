using Microsoft.Extensions.Logging.Abstractions;

namespace LiveAvatar.Inference.Tests;

[Trait("Category", "unit")]
public sealed class AvatarStreamTests : IDisposable
{
    private const int Chunk = 640;
    private readonly InferenceEngine _engine = TestPacks.TinyEngine();
    private readonly byte[] _picture = new byte[1536];

    public void Dispose() => _engine.Dispose();

    /// <summary>The vectors are computed over the whole clip at once, in numpy with 64 bits (make_tiny_pack.py).</summary>
    [Fact]
    public void Chunks_GiveWhatOnePassOverTheWholeClipGives()
    {
        const float Tolerance = 1e-4f; // docs/model-pack.md
        var (pcm, noise) = (TestPacks.Vector("pcm"), TestPacks.Vector("noise"));
        var (motion, context) = (TestPacks.Vector("motion"), TestPacks.Vector("context"));
        var (emotion, pose, weight) = (TestPacks.Vector("emotion"), TestPacks.Vector("pose"), TestPacks.Vector("pose_weight"));
        using var stream = _engine.CreateStream("ada", 1);

        for (var i = 0; i < pcm.Length / Chunk; i++)
        {
            var steering = new Steering { Emotion = emotion, Pose = pose, PoseWeight = weight[0] };
            stream.ListenWithNoise(pcm.AsSpan(i * Chunk, Chunk), steering, noise.AsSpan(i * 3, 3));
            Near(motion.AsSpan(i * 58, 58), stream.Motion, Tolerance);
            Near(context.AsSpan(i * 6, 6), stream.Context, Tolerance);
        }

        stream.Draw(_picture);
        var expected = TestPacks.Vector("frame");
        for (var i = 0; i < expected.Length; i++)
        {
            // Half a step is the rounding to bytes; the rest is the portrait's way through the graphs in 32 bits.
            Assert.True(Math.Abs(expected[i] - _picture[i]) <= 0.51, $"byte {i} is {_picture[i]}, not {expected[i]}");
        }
    }

    [Fact]
    public void SteadyState_AllocatesNothing()
    {
        using var stream = _engine.CreateStream("ada", 1);
        var chunk = Sound(1, 1);
        var emotion = new float[7];
        Allocation.AssertNone(() => Play(stream, chunk, emotion, frames: 1));
    }

    [Fact]
    public void SameSeed_GivesSamePictures()
    {
        Assert.Equal(Pictures(_engine, seed: 3), Pictures(_engine, seed: 3));
    }

    [Fact]
    public void OtherSeed_GivesOtherMotion()
    {
        Assert.NotEqual(MotionOf(_engine, 3), MotionOf(_engine, 4));
    }

    [Fact]
    public void OtherEngine_GivesSamePictures()
    {
        using var other = TestPacks.TinyEngine();
        Assert.Equal(Pictures(_engine, seed: 3), Pictures(other, seed: 3));
    }

    [Fact]
    public void InterleavedStreams_DoNotTouchEachOther()
    {
        var (soundA, soundB) = (Sound(1, 20), Sound(2, 20));
        var (aloneA, aloneB) = (Motions(soundA, 5), Motions(soundB, 6));
        using var a = _engine.CreateStream("ada", 5);
        using var b = _engine.CreateStream("bob", 6);
        for (var i = 0; i < 20; i++)
        {
            a.Listen(soundA.AsSpan(i * Chunk, Chunk), default);
            b.Listen(soundB.AsSpan(i * Chunk, Chunk), default);
            b.Draw(_picture);
            a.Draw(_picture);
            Assert.Equal(aloneA.AsSpan(i * 58, 58), a.Motion);
            Assert.Equal(aloneB.AsSpan(i * 58, 58), b.Motion);
        }
    }

    [Fact]
    public void Reset_StartsAnew()
    {
        var sound = Sound(1, 10);
        using var stream = _engine.CreateStream("ada", 5);
        var first = Motions(stream, sound);
        stream.Reset();
        Assert.Throws<ModelStepException>(() => stream.Draw(_picture));
        Assert.Equal(first, Motions(stream, sound));
    }

    [Fact]
    public void SkippedDraw_DoesNotChangeTheNextPicture()
    {
        var sound = Sound(1, 4);
        using var every = _engine.CreateStream("ada", 5);
        using var last = _engine.CreateStream("ada", 5);
        var skipped = new byte[1536];
        for (var i = 0; i < 4; i++)
        {
            every.Listen(sound.AsSpan(i * Chunk, Chunk), default);
            every.Draw(_picture);
            last.Listen(sound.AsSpan(i * Chunk, Chunk), default);
        }

        last.Draw(skipped);
        Assert.Equal(_picture, skipped);
    }

    [Fact]
    public void SetAvatar_DrawsTheOtherAvatarInTheSameMotion()
    {
        using var changed = _engine.CreateStream("ada", 5);
        using var other = _engine.CreateStream("bob", 5);
        var sound = Sound(1, 1);
        changed.Listen(sound, default);
        other.Listen(sound, default);
        var (ada, switched, bob) = (new byte[1536], new byte[1536], new byte[1536]);
        changed.Draw(ada);
        changed.SetAvatar("bob");
        changed.Draw(switched);
        other.Draw(bob);

        Assert.Equal("bob", changed.Avatar);
        Assert.Equal(bob, switched);
        Assert.NotEqual(ada, switched);
    }

    [Fact]
    public void UnknownAvatar_IsNamed()
    {
        Assert.Contains("'eve'", Assert.Throws<KeyNotFoundException>(() => _engine.CreateStream("eve", 1)).Message, StringComparison.Ordinal);
        using var stream = _engine.CreateStream("ada", 1);
        Assert.Throws<KeyNotFoundException>(() => stream.SetAvatar("eve"));
        Assert.Equal("ada", stream.Avatar);
    }

    [Fact]
    public void WrongLengths_AreMisuse()
    {
        using var stream = _engine.CreateStream("ada", 1);
        Assert.Throws<ArgumentException>(() => stream.Listen(new float[639], default));
        Assert.Throws<ArgumentException>(() => stream.Listen(new float[Chunk], new Steering { Emotion = new float[8] }));
        Assert.Throws<ArgumentException>(() => stream.Listen(new float[Chunk], new Steering { Pose = new float[7] }));
        Assert.Throws<ArgumentException>(() => stream.Draw(new byte[1535]));
        Assert.Throws<ModelStepException>(() => stream.Draw(_picture));
    }

    [Fact]
    public void SteeringOutOfRange_IsClamped()
    {
        Assert.Equal(
            Steered([1, 0, 0, 0, 0, 0, 0], [10, 0, 0, -10, 0, 0], 1),
            Steered([7, -1, float.NaN, float.NegativeInfinity], [float.PositiveInfinity, float.NaN, 0, -99], 3));
        Assert.NotEqual(Steered([], [], 0), Steered([1], [], 0));
        Assert.Equal(0.25f, Steered([], [0.25f], 1)[52], 1e-6f);

        float[] Steered(float[] emotion, float[] pose, float weight)
        {
            using var stream = _engine.CreateStream("ada", 1);
            stream.Listen(Sound(1, 1), new Steering { Emotion = emotion, Pose = pose, PoseWeight = weight });
            return stream.Motion.ToArray();
        }
    }

    [Fact]
    public void SamplesThatAreNoNumber_CountAsSilence()
    {
        var sound = Sound(1, 2);
        var (hostile, tame) = (sound.ToArray(), sound.ToArray());
        (hostile[0], hostile[5], hostile[9], hostile[700]) = (float.NaN, float.PositiveInfinity, -7, float.NegativeInfinity);
        (tame[0], tame[5], tame[9], tame[700]) = (0, 1, -1, -1);
        Assert.Equal(Motions(tame, 5), Motions(hostile, 5));
    }

    /// <summary>The graph of this pack gives NaN for any sound and is fine on silence.</summary>
    [Fact]
    public void NotANumber_FailsTheStepOnly()
    {
        using var pack = TestPacks.Copy();
        pack.Replace("speechEncoder", "speech_encoder.nan.onnx");
        using var engine = new InferenceEngine(pack.Load(), TestPacks.Options, NullLogger.Instance);
        using var stream = engine.CreateStream("ada", 1);
        using var undisturbed = engine.CreateStream("ada", 1);
        var (silence, sound) = (new float[Chunk], Sound(1, 1));
        var noise = new float[3];

        stream.ListenWithNoise(silence, default, noise);
        Assert.Contains("speech_encoder.onnx gave NaN in features", Assert.Throws<ModelStepException>(() => stream.Listen(sound, default)).Message, StringComparison.Ordinal);
        Assert.Throws<ModelStepException>(() => stream.Draw(_picture));
        stream.ListenWithNoise(silence, default, noise);
        stream.Draw(_picture);

        undisturbed.ListenWithNoise(silence, default, noise);
        undisturbed.ListenWithNoise(silence, default, noise);
        Assert.Equal(undisturbed.Motion, stream.Motion);
    }

    private byte[] Pictures(InferenceEngine engine, int seed)
    {
        using var stream = engine.CreateStream("ada", seed);
        var sound = Sound(1, 10);
        var pictures = new byte[10 * 1536];
        for (var i = 0; i < 10; i++)
        {
            stream.Listen(sound.AsSpan(i * Chunk, Chunk), default);
            stream.Draw(pictures.AsSpan(i * 1536, 1536));
        }

        return pictures;
    }

    private static float[] MotionOf(InferenceEngine engine, int seed)
    {
        using var stream = engine.CreateStream("ada", seed);
        return Motions(stream, Sound(1, 5));
    }

    private float[] Motions(float[] sound, int seed)
    {
        using var stream = _engine.CreateStream("ada", seed);
        return Motions(stream, sound);
    }

    internal static float[] Motions(AvatarStream stream, float[] sound)
    {
        var motions = new List<float>();
        for (var i = 0; i + Chunk <= sound.Length; i += Chunk)
        {
            stream.Listen(sound.AsSpan(i, Chunk), default);
            motions.AddRange(stream.Motion);
        }

        return [.. motions];
    }

    private void Play(AvatarStream stream, float[] chunk, float[] emotion, int frames)
    {
        for (var i = 0; i < frames; i++)
        {
            stream.Listen(chunk, new Steering { Emotion = emotion, PoseWeight = 0.5f, Eyes = new EyeSteering(0.5f, 0.5f, 0.5f, 0.5f) });
            stream.Draw(_picture);
        }
    }

    internal static float[] Sound(int seed, int chunks)
    {
        var random = new Random(seed);
        var sound = new float[chunks * Chunk];
        for (var i = 0; i < sound.Length; i++)
        {
            sound[i] = (float)((random.NextDouble() * 1.8) - 0.9);
        }

        return sound;
    }

    private static void Near(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"number {i} is {actual[i]}, not {expected[i]}");
        }
    }
}
