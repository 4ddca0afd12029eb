using FsCheck;
using FsCheck.Fluent;
using LiveAvatar.Media.Audio;

namespace LiveAvatar.Inference.Tests;

/// <summary>What must hold for any sound, cut in any way, played by any mixture of streams.</summary>
[Trait("Category", "unit")]
public sealed class StreamProperties : IDisposable
{
    private const int Chunk = 640;
    private readonly InferenceEngine _engine = TestPacks.TinyEngine();

    public void Dispose() => _engine.Dispose();

    /// <summary>Streaming equals the whole clip: the sizes of the blocks the sound comes in leave no trace in motion or pictures.</summary>
    [Fact]
    public void AnyBlockSizes_GiveTheMotionOfWholeChunks()
    {
        const int Chunks = 9;
        var sound = AvatarStreamTests.Sound(8, Chunks);
        using var whole = _engine.CreateStream("ada", 7);
        var expected = Play(whole, sound, [sound.Length]);
        Assert.Equal(Chunks * (58 + 1536), expected.Length);
        using var stream = _engine.CreateStream("ada", 7);

        var blockSizes = ArbMap.Default.GeneratorFor<int>().Select(size => 1 + Math.Abs(size % 2000)).NonEmptyListOf().Select(sizes => sizes.ToArray());
        Prop.ForAll(blockSizes.ToArbitrary(), sizes =>
        {
            stream.Reset();
            return Play(stream, sound, sizes).AsSpan().SequenceEqual(expected);
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>A stream among others, in any order of calls, does what it does alone.</summary>
    [Fact]
    public void AnyInterleaving_LeavesEachStreamAlone()
    {
        const int Streams = 3;
        const int Chunks = 12;
        var sounds = Enumerable.Range(0, Streams).Select(i => AvatarStreamTests.Sound(i, Chunks)).ToArray();
        var streams = Enumerable.Range(0, Streams).Select(i => _engine.CreateStream(i == 0 ? "bob" : "ada", i)).ToArray();
        var alone = Enumerable.Range(0, Streams).Select(i => AvatarStreamTests.Motions(streams[i], sounds[i])).ToArray();

        var turns = Gen.Choose(0, Streams - 1).ListOf(Streams * Chunks).Select(list => list.ToArray());
        Prop.ForAll(turns.ToArbitrary(), order =>
        {
            Array.ForEach(streams, stream => stream.Reset());
            var heard = new int[Streams];
            foreach (var i in order)
            {
                var k = heard[i];
                if (k == Chunks)
                {
                    continue;
                }

                streams[i].Listen(sounds[i].AsSpan(k * Chunk, Chunk), default);
                heard[i]++;
                if (!streams[i].Motion.SequenceEqual(alone[i].AsSpan(k * 58, 58)))
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();
        Array.ForEach(streams, stream => stream.Dispose());
    }

    /// <summary>Any two seeds that differ give different motion, and a seed gives the same again.</summary>
    [Fact]
    public void AnySeed_GivesItsOwnMotion()
    {
        var sound = AvatarStreamTests.Sound(2, 2);
        Prop.ForAll(ArbMap.Default.ArbFor<(int A, int B)>(), seeds =>
        {
            var (first, again, other) = (Motion(seeds.A), Motion(seeds.A), Motion(seeds.B));
            return first.AsSpan().SequenceEqual(again) && first.AsSpan().SequenceEqual(other) == (seeds.A == seeds.B);
        }).QuickCheckThrowOnFailure();

        float[] Motion(int seed)
        {
            using var stream = _engine.CreateStream("ada", seed);
            return AvatarStreamTests.Motions(stream, sound);
        }
    }

    /// <summary>Cuts the sound into blocks whose sizes repeat, and gives motion and picture of every chunk.</summary>
    private static float[] Play(AvatarStream stream, float[] sound, int[] blockSizes)
    {
        var chunker = new AudioChunker(Chunk);
        var result = new List<float>();
        var chunk = new float[Chunk];
        var picture = new byte[1536];
        for (int at = 0, block = 0; at < sound.Length; block++)
        {
            var size = Math.Min(blockSizes[block % blockSizes.Length], sound.Length - at);
            Assert.True(chunker.Push(sound.AsSpan(at, size)));
            at += size;
            while (chunker.TryTake(chunk, out _))
            {
                stream.Listen(chunk, default);
                stream.Draw(picture);
                result.AddRange(stream.Motion);
                result.AddRange(picture.Select(value => (float)value));
            }
        }

        return [.. result];
    }
}
