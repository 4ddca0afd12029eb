using LiveAvatar.Inference.Packs;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveAvatar.Inference.Tests;

/// <summary>Each graph in tests/packs/broken breaks the one rule it is named after.</summary>
[Trait("Category", "unit")]
public class GraphCheckTests
{
    [Theory]
    [InlineData("wrong-shape", "speech_encoder.onnx: features is float32 [batch, 2, 5], but must be float32 [batch, 2, 4]")]
    [InlineData("wrong-type", "speech_encoder.onnx: pcm is 11 [batch, 640], but must be float32 [batch, 640]")]
    [InlineData("no-next-state", "speech_encoder.onnx: input 'state_mask' has no output 'next_state_mask'")]
    [InlineData("orphan-next-state", "speech_encoder.onnx: output 'next_state_extra' has no input 'state_extra'")]
    [InlineData("state-shape", "speech_encoder.onnx: next_state_tail is float32 [batch, 42], but must be float32 [batch, 41] like state_tail")]
    [InlineData("fixed-batch", "speech_encoder.onnx: pcm is float32 [1, 640], but must be a tensor whose dimension 0 is the symbol 'batch'")]
    [InlineData("missing-output", "speech_encoder.onnx: output 'features' is missing, float32 [batch, 2, 4] is wanted")]
    [InlineData("surplus-input", "speech_encoder.onnx: input 'speed' is not in the pack's contract")]
    [InlineData("old-opset", "speech_encoder.onnx: its operator set is version 16, but must be version 17")]
    [InlineData("custom-operator", "speech_encoder.onnx: it uses com.example::Secret, but only standard ONNX operators are allowed")]
    [InlineData("external-data", "speech_encoder.onnx: the numbers of 'w' lie in another file")]
    public void BrokenSpeechEncoder_IsRefusedByName(string rule, string says)
    {
        using var pack = TestPacks.Copy();
        pack.Replace("speechEncoder", $"speech_encoder.{rule}.onnx");

        Assert.StartsWith(says, pack.Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("identityEncoder", "identity_encoder.skip-shape.onnx", "identity_encoder.onnx: skip_low is float32 [batch, 3, 9, 9], but must be float32 [batch, 3, 8, 8] as frame_decoder.onnx takes it")]
    [InlineData("identityEncoder", "identity_encoder.skip-surplus.onnx", "identity_encoder.onnx: output 'skip_more' is no input of frame_decoder.onnx")]
    [InlineData("frameDecoder", "frame_decoder.skip-missing.onnx", "frame_decoder.onnx: input 'skip_more' is no output of identity_encoder.onnx")]
    public void SkipMapsThatDoNotMatch_AreRefused(string graph, string file, string says)
    {
        using var pack = TestPacks.Copy();
        pack.Replace(graph, file);

        Assert.StartsWith(says, pack.Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void GraphInTheWrongPlace_IsRefused()
    {
        using var pack = TestPacks.Copy();
        pack.Replace("contextEncoder", File.ReadAllBytes(pack.FilePath("frame_decoder.onnx")));

        Assert.StartsWith("context_encoder.onnx: input 'features' is missing", pack.Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(700)]
    [InlineData(1412)]
    public void TruncatedGraph_IsRefused(int length)
    {
        using var pack = TestPacks.Copy();
        pack.Replace("speechEncoder", File.ReadAllBytes(pack.FilePath("speech_encoder.onnx"))[..length]);

        Assert.StartsWith("speech_encoder.onnx", pack.Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void EveryPrefixAndEveryFlippedBitOfAGraph_ParsesOrIsInvalidData()
    {
        var bytes = File.ReadAllBytes(Path.Combine(TestPacks.Tiny, "speech_encoder.onnx"));
        for (var length = 0; length < bytes.Length; length++)
        {
            ParseOrInvalid(bytes.AsSpan(0, length));
        }

        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            ParseOrInvalid(bytes);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void GraphsNestedTooDeep_AreInvalidData()
    {
        // node { attribute { graph { … } } }, 60 times: each level adds three length-prefixed fields
        byte[] graph = [];
        for (var level = 0; level < 60; level++)
        {
            graph = Field(1, Field(5, Field(6, graph)));
        }

        Assert.Contains("nested", Assert.Throws<InvalidDataException>(() => OnnxFile.Parse(Field(7, graph))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("never-finite", "gave")]
    [InlineData("fails-at-run", "failed")]
    public void GraphThatCannotRun_IsRefusedByTheEngine(string rule, string says)
    {
        using var pack = TestPacks.Copy();
        pack.Replace("speechEncoder", $"speech_encoder.{rule}.onnx");
        var loaded = pack.Load();

        var message = Assert.Throws<ModelPackException>(() => new InferenceEngine(loaded, TestPacks.Options, NullLogger.Instance)).Message;
        Assert.Contains($"speech_encoder.onnx {says}", message, StringComparison.Ordinal);
    }

    private static void ParseOrInvalid(ReadOnlySpan<byte> bytes)
    {
        try
        {
            OnnxFile.Parse(bytes);
        }
        catch (InvalidDataException)
        {
            // the one way to fail
        }
    }

    private static byte[] Field(int number, byte[] content) =>
        content.Length < 128
            ? [(byte)((number << 3) | 2), (byte)content.Length, .. content]
            : [(byte)((number << 3) | 2), (byte)((content.Length & 0x7f) | 0x80), (byte)(content.Length >> 7), .. content];
}
