using LiveAvatar.Inference.Runtime;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveAvatar.Inference.Tests;

/// <summary>Quantised twins: when one runs, what it must keep, and what happens when it cannot.</summary>
[Trait("Category", "unit")]
public class PrecisionTests
{
    private const string Twin = "speech_encoder.int8.onnx";
    private static readonly InferenceOptions Int8 = TestPacks.Options with { Precision = PrecisionPreference.Int8 };
    private static readonly InferenceOptions Fp32 = TestPacks.Options with { Precision = PrecisionPreference.Fp32 };

    [Theory]
    [InlineData(ProviderRung.Cpu, PrecisionPreference.Auto, 1, true, "AVX-VNNI", true, "AVX-VNNI")]
    [InlineData(ProviderRung.Cpu, PrecisionPreference.Auto, 1, true, null, false, "this CPU has no VNNI or dot product instructions")]
    [InlineData(ProviderRung.Cpu, PrecisionPreference.Int8, 1, true, null, true, "asked for")]
    [InlineData(ProviderRung.Cpu, PrecisionPreference.Fp32, 1, true, "AVX-VNNI", false, "asked for")]
    [InlineData(ProviderRung.Cpu, PrecisionPreference.Int8, 1, false, "AVX-VNNI", false, "the pack has no int8 graphs")]
    [InlineData(ProviderRung.Cpu, PrecisionPreference.Int8, 4, true, "AVX-VNNI", false, "streams share runs")]
    [InlineData(ProviderRung.Cuda, PrecisionPreference.Int8, 1, true, "AVX-VNNI", false, "on a GPU")]
    [InlineData(ProviderRung.TensorRt, PrecisionPreference.Auto, 16, true, null, false, "on a GPU")]
    public void Choice_FollowsRungWishPackAndProcessor(
        ProviderRung rung, PrecisionPreference preference, int batch, bool packHasTwins, string? instructions, bool int8, string reason) =>
        Assert.Equal(new PrecisionChoice(int8, reason), PrecisionChoice.Of(rung, preference, batch, packHasTwins, instructions));

    [Theory]
    [InlineData(1 << 11, 0, true, true, "AVX512-VNNI")]
    [InlineData(1 << 11, 1 << 4, true, true, "AVX512-VNNI")]
    [InlineData(1 << 11, 0, false, true, null)] // the system does not save the wide registers
    [InlineData(0, 1 << 4, false, true, "AVX-VNNI")]
    [InlineData(0, 1 << 4, false, false, null)]
    [InlineData(~(1 << 11), ~(1 << 4), true, true, null)]
    public void Instructions_AreReadFromTheirBits(int leaf70Ecx, int leaf71Eax, bool avx512, bool avx2, string? expected) =>
        Assert.Equal(expected, Int8Instructions.Name(leaf70Ecx, leaf71Eax, avx512, avx2));

    [Fact]
    public void Instructions_AreThoseTheKernelLists()
    {
        const string Info = "/proc/cpuinfo";
        Assert.SkipUnless(File.Exists(Info), "not Linux");
        var words = File.ReadAllText(Info).Split(' ', '\t', '\n').ToHashSet(StringComparer.Ordinal);
        var listed = words.Contains("avx512_vnni") || words.Contains("avx_vnni") || words.Contains("asimddp");

        Assert.Equal(listed, Int8Instructions.Find() is not null);
    }

    [Fact]
    public void Auto_TakesTheTwinWhereTheProcessorHasTheInstructions()
    {
        using var pack = Pack();
        using var engine = new InferenceEngine(pack.Load(), TestPacks.Options, NullLogger.Instance);
        var instructions = Int8Instructions.Find();

        Assert.Equal(instructions is null ? "fp32" : "int8", engine.PrecisionReport.Name);
        Assert.Contains(instructions ?? "no VNNI", engine.PrecisionReport.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Twin_RunsCloseToTheFullGraphAndNotEqual()
    {
        using var pack = Pack();
        using var int8 = new InferenceEngine(pack.Load(), Int8, NullLogger.Instance);
        using var fp32 = new InferenceEngine(pack.Load(), Fp32, NullLogger.Instance);
        Assert.Equal("int8 (asked for): speech_encoder.int8.onnx", int8.PrecisionReport.ToString());
        Assert.Equal("fp32 (asked for)", fp32.PrecisionReport.ToString());

        var (quantised, full) = (Play(int8, 3).Motion, Play(fp32, 3).Motion);
        Assert.InRange(quantised.Zip(full).Max(pair => Math.Abs(pair.First - pair.Second)), 1e-6f, 0.05f);
    }

    [Fact]
    public void SameSeed_GivesSamePicturesWithTheTwin()
    {
        using var pack = Pack();
        using var engine = new InferenceEngine(pack.Load(), Int8, NullLogger.Instance);
        using var other = new InferenceEngine(pack.Load(), Int8, NullLogger.Instance);

        Assert.Equal(Play(engine, 3).Pictures, Play(engine, 3).Pictures);
        Assert.Equal(Play(engine, 3).Pictures, Play(other, 3).Pictures);
        Assert.NotEqual(Play(engine, 3).Pictures, Play(engine, 4).Pictures);
    }

    [Fact]
    public void ChangedTwin_IsRefusedWithBothHashes()
    {
        using var pack = Pack();
        File.AppendAllText(pack.FilePath(Twin), "x");
        Assert.Matches($"^{Twin}: its SHA-256 is [0-9a-f]{{64}}, but must be [0-9a-f]{{64}} as pack.json says: copy the pack again", pack.Refusal());
    }

    [Fact]
    public void TruncatedTwin_IsRefusedByName()
    {
        using var pack = TestPacks.Copy();
        pack.AddTwin("speechEncoder", TestPacks.Optional(Twin)[..700]);
        Assert.StartsWith($"{Twin} is not an ONNX file because it ends in the middle of a", pack.Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wrong-shape", "speech_encoder.int8.onnx: features is float32 [batch, 2, 5], but must be float32 [batch, 2, 4]")]
    [InlineData("custom-operator", "speech_encoder.int8.onnx: it uses com.example::Secret, but only standard ONNX operators are allowed")]
    public void TwinThatBreaksTheContract_IsRefusedByName(string rule, string says)
    {
        using var pack = TestPacks.Copy();
        pack.AddTwin("speechEncoder", TestPacks.Broken($"speech_encoder.{rule}.onnx"));
        Assert.StartsWith(says, pack.Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("int8-state-shape", "speech_encoder.int8.onnx: state_mask is float32 [batch, 5], but must be float32 [batch, 4] as in speech_encoder.onnx: quantise that very graph again.")]
    [InlineData("int8-state-missing", "speech_encoder.int8.onnx: input 'state_count' of speech_encoder.onnx is missing: quantise that very graph again.")]
    public void TwinWithOtherStates_IsRefusedByName(string rule, string says)
    {
        using var pack = TestPacks.Copy();
        pack.AddTwin("speechEncoder", TestPacks.Broken($"speech_encoder.{rule}.onnx"));
        Assert.Equal(says, pack.Refusal());
    }

    /// <summary>Both keep the contract; the first fails when it runs, ONNX Runtime does not even open the second.</summary>
    [Theory]
    [InlineData("fails-at-run")]
    [InlineData("int8-unknown-operator")]
    public void TwinThatCannotRun_IsReplacedByTheFullGraphWithAWarning(string rule)
    {
        using var pack = TestPacks.Copy();
        pack.AddTwin("speechEncoder", TestPacks.Broken($"speech_encoder.{rule}.onnx"));
        var log = new Warnings();
        using var engine = new InferenceEngine(pack.Load(), Int8, log);
        using var plain = TestPacks.TinyEngine();

        Assert.Equal("fp32 (the pack's int8 graphs do not run)", engine.PrecisionReport.ToString());
        Assert.StartsWith("speech_encoder.int8.onnx does not run, its fp32 twin does instead", Assert.Single(log.Messages), StringComparison.Ordinal);
        Assert.Equal(Play(plain, 3).Pictures, Play(engine, 3).Pictures);
    }

    private static SpoiltPack Pack()
    {
        var pack = TestPacks.Copy();
        pack.AddTwin("speechEncoder", TestPacks.Optional(Twin));
        return pack;
    }

    private static (float[] Motion, byte[] Pictures) Play(InferenceEngine engine, int seed)
    {
        const int Frames = 10;
        using var stream = engine.CreateStream("ada", seed);
        var (motion, pictures, sound) = (new List<float>(), new byte[Frames * 1536], AvatarStreamTests.Sound(1, Frames));
        for (var i = 0; i < Frames; i++)
        {
            stream.Listen(sound.AsSpan(i * 640, 640), default);
            stream.Draw(pictures.AsSpan(i * 1536, 1536));
            motion.AddRange(stream.Motion);
        }

        return ([.. motion], pictures);
    }

    private sealed class Warnings : ILogger
    {
        internal List<string> Messages { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Warning)
            {
                Messages.Add(formatter(state, exception));
            }
        }
    }
}
