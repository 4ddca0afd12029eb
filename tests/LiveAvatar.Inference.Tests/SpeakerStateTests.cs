using Microsoft.Extensions.Logging.Abstractions;

namespace LiveAvatar.Inference.Tests;

/// <summary>A speech encoder that tells of its speaker: as loud as its loudest sample, and the louder the happier.</summary>
[Trait("Category", "unit")]
public class SpeakerStateTests
{
    private const int Chunk = 640;
    private const string Names = """["energy", "arousal", "valence", "neutral", "happy"]""";
    private const int Happy = 4; // of the pack's emotions

    [Fact]
    public void Stream_TellsWhatTheGraphTells()
    {
        using var pack = Pack();
        using var engine = Engine(pack);
        using var stream = engine.CreateStream("ada", 1);
        stream.Listen(Loud(0.75f), default);

        Assert.Equal(["energy", "arousal", "valence", "neutral", "happy"], engine.Pack.Manifest.SpeakerState);
        Assert.Equal([0.75f, 0.25f, 0.25f, 0.25f, 0.75f], stream.SpeakerState);
    }

    [Fact]
    public void PackWithoutIt_HasNone()
    {
        using var engine = TestPacks.TinyEngine();
        using var stream = engine.CreateStream("ada", 1);
        stream.Listen(Loud(0.75f), new Steering { AutomaticEmotion = 1 });

        Assert.Empty(engine.Pack.Manifest.SpeakerState);
        Assert.True(stream.SpeakerState.IsEmpty);
        Assert.Equal(new float[7], stream.Emotion);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.5f, 0.5f)]
    [InlineData(1, 1)]
    public void HappyVoice_DrivesTheEmotionByItsAmount(float amount, float expected)
    {
        using var pack = Pack();
        using var engine = Engine(pack);
        using var stream = engine.CreateStream("ada", 1);
        Play(stream, Loud(1), amount, seconds: 10);

        Assert.Equal(expected, stream.Emotion[Happy], 0.01f);
        Assert.Equal(0, stream.Emotion[0]);
        stream.Reset();
        stream.Listen(Loud(1), new Steering { AutomaticEmotion = 1 });
        Assert.Equal(0, stream.Emotion[Happy]);
    }

    [Fact]
    public void DrivenEmotion_IsWhatMotionIsMadeWith()
    {
        using var pack = Pack();
        using var engine = Engine(pack);
        using var driven = engine.CreateStream("ada", 1);
        using var plain = engine.CreateStream("ada", 1);
        Play(driven, Loud(1), 1, seconds: 10);
        Play(plain, Loud(1), 0, seconds: 10);

        Assert.NotEqual(plain.Motion.ToArray(), driven.Motion.ToArray());
    }

    [Theory]
    [InlineData(float.NaN, 0)]
    [InlineData(-1, 0)]
    [InlineData(7, 1)]
    public void AmountOutOfRange_IsClamped(float amount, float expected)
    {
        using var pack = Pack();
        using var engine = Engine(pack);
        using var stream = engine.CreateStream("ada", 1);
        Play(stream, Loud(1), amount, seconds: 10);

        Assert.Equal(expected, stream.Emotion[Happy], 0.01f);
    }

    [Fact]
    public void SteadyState_AllocatesNothing()
    {
        using var pack = Pack();
        using var engine = Engine(pack);
        using var stream = engine.CreateStream("ada", 1);
        var chunk = Loud(1);
        Allocation.AssertNone(() => Play(stream, chunk, 0.5f, seconds: 1), steps: 4);
    }

    /// <summary>Each row: what pack.json names, or null for nothing, and what the refusal must say.</summary>
    [Theory]
    [InlineData("""["energy", "arousal", "valence", "happy"]""", "speech_encoder.onnx: speaker_state is float32 [batch, 5], but must be float32 [batch, 4]")]
    [InlineData("""["energy", "arousal", "valence", "neutral", "joyful"]""", "pack.json: speakerState[4] is \"joyful\", but must be \"neutral\" or one of the pack's emotions")]
    [InlineData("""["energy", "valence", "arousal", "neutral", "happy"]""", "pack.json: speakerState[1] is \"valence\", but must be \"arousal\"")]
    [InlineData("""["energy", "arousal", "valence", "happy", "happy"]""", "pack.json: speakerState[4] is \"happy\", but must be a name not given before")]
    [InlineData("""["energy"]""", "pack.json: speakerState is 1 items long, but must be 3 to 11 items long")]
    [InlineData("7", "pack.json: speakerState is 7, but must be an array")]
    [InlineData(null, "speech_encoder.onnx: output 'speaker_state' is not in the pack's contract")]
    public void NamesThatDoNotFit_AreRefused(string? names, string says)
    {
        using var pack = Pack(names);
        Assert.StartsWith(says, pack.Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void NamesWithoutTheOutput_AreRefused()
    {
        using var pack = TestPacks.Copy();
        pack.Put("speakerState", Names);
        Assert.StartsWith("speech_encoder.onnx: output 'speaker_state' is missing, float32 [batch, 5] is wanted", pack.Refusal(), StringComparison.Ordinal);
    }

    private static SpoiltPack Pack(string? names = Names)
    {
        var pack = TestPacks.Copy();
        pack.Replace("speechEncoder", TestPacks.Optional("speech_encoder.speaker-state.onnx"));
        pack.Put("speakerState", names);
        return pack;
    }

    private static InferenceEngine Engine(SpoiltPack pack) => new(pack.Load(), TestPacks.Options, NullLogger.Instance);

    private static float[] Loud(float peak)
    {
        var chunk = new float[Chunk];
        chunk[7] = peak;
        return chunk;
    }

    private static void Play(AvatarStream stream, float[] chunk, float amount, int seconds)
    {
        for (var i = 0; i < seconds * 25; i++)
        {
            stream.Listen(chunk, new Steering { AutomaticEmotion = amount });
        }
    }
}
