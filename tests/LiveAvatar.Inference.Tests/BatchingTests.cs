using LiveAvatar.Inference.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveAvatar.Inference.Tests;

/// <summary>What GPUs do, several streams in one run, tried on the CPU.</summary>
[Trait("Category", "unit")]
public class BatchingTests
{
    private const int Chunk = 640;
    private static readonly InferenceOptions Four = TestPacks.Options with { MaxBatch = 4 };

    /// <summary>More streams than a batch holds, each on its own thread, changing avatars on the way.</summary>
    [Fact]
    public void StreamsInBatches_GetWhatTheyGetAlone()
    {
        const int Streams = 6;
        const int Frames = 40;
        using var alone = TestPacks.TinyEngine();
        var expected = Enumerable.Range(0, Streams).Select(i => Play(alone, i)).ToArray();
        using var models = Build();
        var actual = new (float[] Motion, byte[] Pictures)[Streams];
        OnThreads(Streams, i =>
        {
            using var stream = new AvatarStream(models, "ada", i);
            actual[i] = Play(stream, i);
        });

        for (var i = 0; i < Streams; i++)
        {
            // Matrices of another height are multiplied in another order: the last bits may differ.
            Assert.InRange(expected[i].Motion.Zip(actual[i].Motion).Max(pair => Math.Abs(pair.First - pair.Second)), 0, 1e-5f);
            Assert.InRange(expected[i].Pictures.Zip(actual[i].Pictures).Max(pair => Math.Abs(pair.First - pair.Second)), 0, 1);
        }

        var batcher = models.FrameDecoder.Batcher!;
        Assert.Equal((Streams * Frames) + 1, batcher.Steps); // one more proved the rung
        Assert.True(batcher.Batches < batcher.Steps, "no run was shared");

        static (float[] Motion, byte[] Pictures) Play(object source, int i)
        {
            var stream = source as AvatarStream ?? ((InferenceEngine)source).CreateStream("ada", i);
            var sound = AvatarStreamTests.Sound(i, Frames);
            var (motion, pictures) = (new List<float>(), new byte[Frames * 1536]);
            for (var k = 0; k < Frames; k++)
            {
                stream.SetAvatar((k / 5 % 2) == (i % 2) ? "ada" : "bob");
                stream.Listen(sound.AsSpan(k * Chunk, Chunk), default);
                stream.Draw(pictures.AsSpan(k * 1536, 1536));
                motion.AddRange(stream.Motion);
            }

            if (source is InferenceEngine)
            {
                stream.Dispose();
            }

            return ([.. motion], pictures);
        }
    }

    [Fact]
    public void SingleStream_NeverWaitsForOthers()
    {
        using var models = Build();
        using var stream = new AvatarStream(models, "ada", 1);
        stream.Listen(new float[Chunk], default);
        stream.Draw(new byte[1536]);

        Assert.Equal(2, models.FrameDecoder.Batcher!.Batches);
    }

    /// <summary>The graph gives NaN on sound: the loud stream's step fails, the silent one beside it goes on.</summary>
    [Fact]
    public void NotANumberInOneRow_LeavesTheOthersAlone()
    {
        const int Frames = 20;
        using var pack = TestPacks.Copy();
        pack.Replace("speechEncoder", "speech_encoder.nan.onnx");
        using var engine = new InferenceEngine(pack.Load(), Four, NullLogger.Instance);
        var failures = new int[3];
        OnThreads(3, i =>
        {
            using var stream = engine.CreateStream("ada", i);
            var sound = i == 1 ? AvatarStreamTests.Sound(1, 1) : new float[Chunk];
            for (var k = 0; k < Frames; k++)
            {
                try
                {
                    stream.Listen(sound, default);
                }
                catch (ModelStepException)
                {
                    failures[i]++;
                }
            }
        });

        Assert.Equal([0, Frames, 0], failures);
        Assert.Equal(8, engine.RecommendedWorkers);
    }

    [Fact]
    public void FullBatch_DoesNotWaitForTheWindow()
    {
        var sizes = new LockedList<int>();
        using var batcher = new MicroBatcher(3, TimeSpan.FromHours(1), tickets => sizes.Add(tickets.Length), "test");
        batcher.Start();
        for (var i = 0; i < 3; i++)
        {
            batcher.Join();
        }

        OnThreads(3, _ => batcher.Run(new BatchTicket(null)));
        Assert.Equal([3], sizes.Items);
    }

    [Fact]
    public void LoneStepAmongSilentStreams_WaitsForTheWindowOnly()
    {
        var sizes = new LockedList<int>();
        using var batcher = new MicroBatcher(3, TimeSpan.FromMilliseconds(2), tickets => sizes.Add(tickets.Length), "test");
        batcher.Start();
        batcher.Join();
        batcher.Join();
        batcher.Run(new BatchTicket(null));
        Assert.Equal([1], sizes.Items);
    }

    [Fact]
    public void StreamThatLeaves_IsNotWaitedFor()
    {
        var sizes = new LockedList<int>();
        using var batcher = new MicroBatcher(3, TimeSpan.FromHours(1), tickets => sizes.Add(tickets.Length), "test");
        batcher.Start();
        batcher.Join();
        batcher.Join();
        var asking = new Thread(() => batcher.Run(new BatchTicket(null)));
        asking.Start();
        batcher.Leave();
        asking.Join();
        Assert.Equal([1], sizes.Items);
    }

    [Fact]
    public void FailedBatch_FailsItsStepsAndNoOthers()
    {
        var broken = true;
        using var batcher = new MicroBatcher(2, TimeSpan.FromMilliseconds(1), _ => throw (broken ? new InvalidOperationException("no memory") : new ModelStepException("other")), "test");
        batcher.Start();

        Assert.Equal("no memory", Assert.Throws<ModelStepException>(() => batcher.Run(new BatchTicket(null))).Message);
        broken = false;
        Assert.Equal("other", Assert.Throws<ModelStepException>(() => batcher.Run(new BatchTicket(null))).Message);
    }

    [Fact]
    public void Dispose_FailsStepsThatWait()
    {
        var batcher = new MicroBatcher(2, TimeSpan.FromHours(1), _ => { }, "test");
        batcher.Start();
        batcher.Join();
        batcher.Join();
        var failed = false;
        var asking = new Thread(() => failed = Record.Exception(() => batcher.Run(new BatchTicket(null))) is ModelStepException);
        asking.Start();
        batcher.Dispose();
        asking.Join();

        Assert.True(failed);
        Assert.Throws<ModelStepException>(() => batcher.Run(new BatchTicket(null)));
    }

    [Fact]
    public void TensorRtShapes_NameEveryInput()
    {
        var pack = ModelPack.Load(TestPacks.Tiny);

        Assert.Equal("pcm:3x640,state_tail:3x41,state_mask:3x4,state_count:3x1", Providers.Shapes(pack.SpeechEncoder, 3));
        Assert.EndsWith(",identity:1x5,skip_full:1x1x32x32,skip_low:1x3x8x8", Providers.Shapes(pack.FrameDecoder, 1), StringComparison.Ordinal);
    }

    private static Models Build()
    {
        var pack = ModelPack.Load(TestPacks.Tiny);
        return Models.Build(pack, ProviderRung.Cpu, Four, [.. pack.Portraits.Select(path => TestPacks.ReadPng(path, 32, 32))]);
    }

    private static void OnThreads(int count, Action<int> action)
    {
        var failures = new Exception?[count];
        var threads = Enumerable.Range(0, count).Select(i => new Thread(() => failures[i] = Record.Exception(() => action(i)))).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.All(failures, Assert.Null);
    }

    private sealed class LockedList<T>
    {
        private readonly List<T> _items = [];

        internal T[] Items
        {
            get
            {
                lock (_items)
                {
                    return [.. _items];
                }
            }
        }

        internal void Add(T item)
        {
            lock (_items)
            {
                _items.Add(item);
            }
        }
    }
}
