using System.IO.Compression;
using System.Runtime.InteropServices;
using LiveAvatar.Codecs;
using LiveAvatar.Inference.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveAvatar.Inference.Tests;

/// <summary>The shipped pack against what torch gave when it was exported (tests/vectors/pack).</summary>
[Trait("Category", "vectors")]
public class PresenterPackTests
{
    private const int Calls = 50; // video frames in the vectors: 2 s

    [Fact]
    public void Pack_Loads()
    {
        var manifest = PresenterPack.Load().Manifest;

        Assert.Equal("presenter", manifest.Name);
        Assert.NotEmpty(manifest.Avatars);
        Assert.True(manifest.Audio.LookAheadSamples <= 2 * manifest.Audio.ChunkSamples, "more than 80 ms of look-ahead is too late for a call");
    }

    [Fact]
    public void Voice_GivesTheMotionTorchGives()
    {
        const float Tolerance = 1e-4f; // docs/model-pack.md
        using var engine = PresenterPack.Engine();
        using var stream = engine.CreateStream(engine.Avatars[0].Name, 0);
        var (pcm, noise, emotion, pose, weight) = (Vector("pcm"), Vector("noise"), Vector("emotion"), Vector("pose"), Vector("pose_weight"));
        var (features, context, code, motion) = (Vector("features"), Vector("context"), Vector("noise_code"), Vector("motion"));
        var state = engine.Pack.Manifest.SpeakerState.Count > 0 ? Vector("speaker_state") : [];
        for (var call = 0; call < Calls; call++)
        {
            stream.ListenWithNoise(Row(pcm, call), new Steering(Row(emotion, call), Row(pose, call), weight[call]), Row(noise, call));
            Near(Row(features, call), stream.Features, Tolerance, $"features of call {call}");
            Near(Row(state, call), stream.SpeakerState, Tolerance, $"speaker state of call {call}");
            Near(Row(context, call), stream.Context, Tolerance, $"context of call {call}");
            Near(Row(code, call), stream.NoiseCode, Tolerance, $"noise code of call {call}");
            Near(Row(motion, call), stream.Motion, Tolerance, $"motion of call {call}");
        }
    }

    [Fact]
    public void EveryAvatar_IsDrawnAsTorchDrawsIt()
    {
        const int Tolerance = 2; // of 255: rounding to bytes on either side
        var pack = PresenterPack.Load();
        using var models = Models.Build(pack, ProviderRung.Cpu, PresenterPack.Options, [.. pack.Portraits.Select(path => PresenterPack.ReadPortrait(path, pack.Manifest.Video.Width, pack.Manifest.Video.Height))]);
        var contract = models.FrameDecoder.Graph.Contract;
        using TensorBuffer motion = new(contract.Inputs[0]), context = new(contract.Inputs[1]), emotion = new(contract.Inputs[2]), code = new(contract.Inputs[3]);
        using var frame = new TensorBuffer(contract.Outputs[0]);
        foreach (var avatar in pack.Manifest.Avatars)
        {
            ReadOnlySpan<float> inputs = Vector($"face_{avatar.Name}");
            foreach (var buffer in (TensorBuffer[])[motion, context, emotion, code])
            {
                inputs[..buffer.Floats.Length].CopyTo(buffer.Floats);
                inputs = inputs[buffer.Floats.Length..];
            }

            using var step = new GraphStep(models.FrameDecoder, [motion, context, emotion, code, .. models.Avatars[avatar.Name].Tensors], [frame]);
            step.Run();
            var expected = Inflate(VectorPath($"face_{avatar.Name}.i420.gz"));
            Assert.Equal(expected.Length, frame.Bytes.Length);
            for (var i = 0; i < expected.Length; i++)
            {
                Assert.True(Math.Abs(expected[i] - frame.Bytes[i]) <= Tolerance, $"{avatar.Name}: byte {i} is {frame.Bytes[i]}, not {expected[i]}");
            }
        }
    }

    /// <summary>No batch of 1 is baked into a graph: what a GPU does works with these graphs.</summary>
    [Fact]
    public void StreamsInBatches_GetWhatTheyGetAlone()
    {
        const int Frames = 8;
        const float Tolerance = 1e-4f;
        using var alone = PresenterPack.Engine();
        using var shared = new InferenceEngine(PresenterPack.Load(), PresenterPack.Options with { MaxBatch = 2 }, NullLogger.Instance);
        var pcm = Vector("pcm");
        using AvatarStream first = shared.CreateStream(shared.Avatars[0].Name, 1), second = shared.CreateStream(shared.Avatars[^1].Name, 2);
        var played = new (float[] Motion, byte[] Picture)[2];
        var threads = new[] { first, second }.Select((stream, i) => new Thread(() => played[i] = Play(stream, pcm))).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        for (var i = 0; i < 2; i++)
        {
            using var stream = alone.CreateStream(i == 0 ? first.Avatar : second.Avatar, i + 1);
            var (motion, picture) = Play(stream, pcm);
            Near(motion, played[i].Motion, Tolerance, $"motion of stream {i}");
            Assert.InRange(picture.Zip(played[i].Picture).Max(pair => Math.Abs(pair.First - pair.Second)), 0, 2);
        }

        (float[] Motion, byte[] Picture) Play(AvatarStream stream, float[] voice)
        {
            var picture = new byte[alone.FrameBytes];
            var motion = new List<float>();
            for (var call = 0; call < Frames; call++)
            {
                stream.Listen(voice.AsSpan((call + 10) * 640, 640), default);
                stream.Draw(picture);
                motion.AddRange(stream.Motion);
            }

            return ([.. motion], picture);
        }
    }

    /// <summary>What ships for CPUs with VNNI draws nearly the same person, and the same again each time; perf/quality measures how nearly.</summary>
    [Fact]
    public void Int8_DrawsNearlyTheSamePicturesAndTheSameEachTime()
    {
        Assert.SkipUnless(PresenterPack.Load().Int8Graphs.Any(), "the pack ships no int8 graphs");
        using InferenceEngine int8 = PresenterPack.Engine(PrecisionPreference.Int8), again = PresenterPack.Engine(PrecisionPreference.Int8), fp32 = PresenterPack.Engine();
        Assert.Empty(int8.PrecisionReport.Refused);
        Assert.NotEmpty(int8.PrecisionReport.Int8Graphs);
        var pcm = Vector("pcm");
        using AvatarStream first = int8.CreateStream(int8.Avatars[^1].Name, 5), second = again.CreateStream(int8.Avatars[^1].Name, 5), full = fp32.CreateStream(int8.Avatars[^1].Name, 5);
        byte[] a = new byte[int8.FrameBytes], b = new byte[int8.FrameBytes], c = new byte[int8.FrameBytes];
        for (var call = 0; call < 20; call++)
        {
            foreach (var (stream, picture) in new[] { (first, a), (second, b), (full, c) })
            {
                stream.Listen(Row(pcm, call), default);
                stream.Draw(picture);
            }

            Assert.Equal(a, b);
            Assert.InRange(PictureQuality.Psnr(c, a), 30, double.PositiveInfinity);
        }
    }

    [Theory]
    [InlineData(PrecisionPreference.Fp32)]
    [InlineData(PrecisionPreference.Auto)]
    public void SteadyState_AllocatesNothing(PrecisionPreference precision)
    {
        using var engine = PresenterPack.Engine(precision);
        using var stream = engine.CreateStream(engine.Avatars[0].Name, 1);
        var (pcm, picture) = (Vector("pcm"), new byte[engine.FrameBytes]);
        var call = 0;
        Allocation.AssertNone(
            () =>
            {
                stream.Listen(pcm.AsSpan(call++ % 10 * 640, 640), default);
                stream.Draw(picture);
            },
            steps: 10);
    }

    private static string VectorPath(string file) => Path.Combine(PresenterPack.Repository, "tests", "vectors", "pack", file);

    private static float[] Vector(string name) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(VectorPath($"{name}.bin"))).ToArray();

    private static ReadOnlySpan<float> Row(float[] rows, int call) => rows.AsSpan(call * (rows.Length / Calls), rows.Length / Calls);

    private static byte[] Inflate(string path)
    {
        using var stream = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static void Near(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, float tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"{what}: number {i} is {actual[i]}, not {expected[i]}");
        }
    }
}
