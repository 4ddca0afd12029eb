using LiveAvatar.Inference.Runtime;

namespace LiveAvatar.Inference.Tests;

/// <summary>Whatever sound comes, the shipped presenters keep a human face, and one at rest where nobody speaks.</summary>
[Trait("Category", "vectors")]
public sealed class CalmFaceTests(CalmFaceTests.Presenter presenter) : IClassFixture<CalmFaceTests.Presenter>
{
    private const int Rate = 16_000;
    private const int Chunk = 640;
    private const int FaceChannels = 52;

    // Of the lips' mean speed in speech. Pack 0.1 moves small but quick to the beat of music, 1.1 times; to all else here at most 0.25 times.
    private const float MostOfSpeech = 1.25f;

    public static TheoryData<string> Sounds => [.. Generators.Keys];

    private static Dictionary<string, Func<int, float>> Generators { get; } = new()
    {
        ["not a number"] = _ => float.NaN,
        ["infinity"] = i => i % 2 == 0 ? float.PositiveInfinity : float.NegativeInfinity,
        ["clipped square wave"] = i => i * 150 / Rate % 2 == 0 ? 1 : -1,
        ["far beyond full scale"] = i => 1e20f * MathF.Sin(i),
        ["one polarity"] = _ => 1,
        ["hum"] = i => 0.1f * MathF.Sin(MathF.Tau * 50 * i / Rate),
        ["whistle"] = i => 0.5f * MathF.Sin(MathF.Tau * 3000 * i / Rate),
        ["white noise"] = i => (0.1f * (Hash(i) % 2001 / 1000f)) - 0.1f,
        ["clicks"] = i => i % 4000 == 0 ? 1 : 0,
        ["music"] = Music,
    };

    /// <summary>Before, during and after: always a human face, at rest once it is quiet again, and no mouth that chews along as if the sound were speech.</summary>
    [Theory]
    [MemberData(nameof(Sounds))]
    public void AnySound_KeepsAHumanFaceThatComesToRestAfterIt(string sound)
    {
        using var stream = presenter.Engine.CreateStream(presenter.Engine.Avatars[0].Name, 1);
        List<float> before = [], during = [], after = [];
        Play(stream, _ => 0, seconds: 2, before);
        Play(stream, Generators[sound], seconds: 4, during);
        Play(stream, _ => 0, seconds: 2, after);
        stream.Draw(new byte[presenter.Engine.FrameBytes]);

        var rest = before[^25..].Average();
        Assert.All(after[^25..], aperture => Assert.Equal(rest, aperture, 0.03f));
        var speech = Speech();
        Assert.InRange(during.Max(), -1, speech.Max());
        Assert.InRange(Speed(during), 0, MostOfSpeech * Speed(speech));
    }

    /// <summary>The speech encoder hears a bounded past, so after a minute its silence is for ever; ten minutes of it go through the rest.</summary>
    [Fact]
    public void TenMinutesOfSilence_LeaveTheFaceAlive()
    {
        const int Minute = 60 * 25;
        using var stream = presenter.Engine.CreateStream(presenter.Engine.Avatars[0].Name, 1);
        var apertures = new List<float>();
        Play(stream, _ => 0, seconds: 30, apertures);
        var half = stream.Features.ToArray();
        Play(stream, _ => 0, seconds: 30, apertures);
        var whole = stream.Features.ToArray();
        Assert.InRange(half.Zip(whole).Max(pair => Math.Abs(pair.First - pair.Second)), 0, 1e-3f);

        var pack = PresenterPack.Load();
        using var models = Models.Build(pack, ProviderRung.Cpu, PresenterPack.Options, [.. pack.Portraits.Select(path => PresenterPack.ReadPortrait(path, pack.Manifest.Video.Width, pack.Manifest.Video.Height))]);
        using var silence = new SilentFace(models, whole);
        int blinks = 0, still = 0;
        var (closed, last) = (false, new float[FaceChannels + 6]);
        var blink = pack.Manifest.Motion.ToList().IndexOf("eyeBlinkLeft");
        for (var i = 0; i < 10 * Minute; i++)
        {
            var motion = silence.Next();
            RequireHuman(motion);
            blinks += motion[blink] > 0.6f && !closed ? 1 : 0;
            closed = motion[blink] > 0.6f || (closed && motion[blink] > 0.3f);
            still = motion.SequenceEqual(last) ? still + 1 : 0;
            Assert.True(still < 25, "the face has frozen");
            motion.CopyTo(last);
        }

        Assert.InRange(blinks / 600.0, 0.1, 1); // per second; people at rest blink 0.28 to 0.45 times
    }

    private List<float> Speech()
    {
        using var stream = presenter.Engine.CreateStream(presenter.Engine.Avatars[0].Name, 1);
        var voice = PresenterPack.Voice();
        var speech = new List<float>();
        Play(stream, i => voice[i], seconds: 4, speech);
        return speech;
    }

    private void Play(AvatarStream stream, Func<int, float> sound, int seconds, List<float> apertures)
    {
        var chunk = new float[Chunk];
        var jaw = presenter.Engine.Pack.Manifest.Motion.ToList().IndexOf("jawOpen");
        var close = presenter.Engine.Pack.Manifest.Motion.ToList().IndexOf("mouthClose");
        for (var i = 0; i < seconds * 25; i++)
        {
            for (var k = 0; k < Chunk; k++)
            {
                chunk[k] = sound((i * Chunk) + k);
            }

            stream.Listen(chunk, default);
            RequireHuman(stream.Motion);
            apertures.Add(stream.Motion[jaw] - stream.Motion[close]);
        }
    }

    private static void RequireHuman(ReadOnlySpan<float> motion)
    {
        foreach (var coefficient in motion[..FaceChannels])
        {
            Assert.InRange(coefficient, 0, 1);
        }

        foreach (var head in motion[FaceChannels..])
        {
            Assert.InRange(head, -0.6f, 0.6f); // 35 degrees; more than half a head's width to a side
        }
    }

    private static float Speed(List<float> apertures) => apertures.Zip(apertures.Skip(1)).Average(pair => Math.Abs(pair.Second - pair.First));

    /// <summary>A chord of plucked strings four times a second over a drum: periodic, with an onset that decays, and no formants that move.</summary>
    private static float Music(int i)
    {
        var t = (float)i / Rate;
        var beat = t * 4 % 1;
        var chord = (ReadOnlySpan<float>)[220, 277.2f, 329.6f];
        var sum = 0f;
        foreach (var note in chord)
        {
            sum += MathF.Sin(MathF.Tau * note * t) + (0.5f * MathF.Sin(MathF.Tau * 2 * note * t)) + (0.25f * MathF.Sin(MathF.Tau * 3 * note * t));
        }

        var drum = beat < 0.1f ? ((Hash(i) % 2001) - 1000) / 1000f : 0;
        return (0.08f * sum * MathF.Exp(-4 * beat)) + (0.3f * drum);
    }

    private static uint Hash(int i)
    {
        var x = (uint)i * 2654435761;
        x ^= x >> 15;
        return x * 2246822519 >> 8;
    }

    /// <summary>One engine for all tests here.</summary>
    public sealed class Presenter : IDisposable
    {
        public InferenceEngine Engine { get; } = PresenterPack.Engine();

        public void Dispose() => Engine.Dispose();
    }

    /// <summary>The context encoder alone on features that stay the same, with fresh noise for every frame.</summary>
    private sealed class SilentFace : IDisposable
    {
        private readonly NormalNoise _random = new(1);
        private readonly TensorBuffer[] _inputs, _outputs;
        private readonly GraphStep _step;

        internal SilentFace(Models models, float[] features)
        {
            var contract = models.ContextEncoder.Graph.Contract;
            _inputs = [.. contract.Inputs.Select(spec => new TensorBuffer(spec))];
            _outputs = [.. contract.Outputs.Select(spec => new TensorBuffer(spec))];
            _step = new GraphStep(models.ContextEncoder, _inputs, _outputs);
            features.CopyTo(_inputs[0].Floats);
        }

        /// <summary>The motion of one more frame.</summary>
        internal ReadOnlySpan<float> Next()
        {
            _random.Fill(_inputs[4].Floats);
            _step.Run();
            _step.Commit();
            return _outputs[2].Floats;
        }

        public void Dispose()
        {
            _step.Dispose();
            foreach (var tensor in _inputs.Concat(_outputs))
            {
                tensor.Dispose();
            }
        }
    }
}
