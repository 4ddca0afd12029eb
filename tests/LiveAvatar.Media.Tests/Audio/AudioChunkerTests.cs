using FsCheck;
using FsCheck.Fluent;
using LiveAvatar.Media.Audio;

namespace LiveAvatar.Media.Tests.Audio;

[Trait("category", "unit")]
public class AudioChunkerTests
{
    private readonly AudioChunker _chunker = new(chunkSamples: 4, maxChunks: 4);

    [Fact]
    public void Samples_ComeOutInWholeChunks()
    {
        Push(null, 1, 2, 3);
        AssertNoChunk();
        Push(null, 4, 5, 6, 7, 8, 9);
        AssertChunk(0, 1, 2, 3, 4);
        AssertChunk(4, 5, 6, 7, 8);
        AssertNoChunk();
        Assert.Equal((1, 9), (_chunker.Count, _chunker.End));
    }

    [Fact]
    public void FirstPlace_SetsTheOrigin()
    {
        Push(1_000, 1, 2, 3, 4);
        AssertChunk(1_000, 1, 2, 3, 4);
    }

    [Fact]
    public void Gap_BecomesSilence()
    {
        Push(0, 1, 2);
        Push(5, 6, 7, 8);
        AssertChunk(0, 1, 2, 0, 0);
        AssertChunk(4, 0, 6, 7, 8);
        Assert.Equal(3, _chunker.SilenceSamples);
    }

    [Fact]
    public void PlaceFilledAlready_IsDropped()
    {
        Push(0, 1, 2, 3);
        Push(1, 20, 30, 4);
        AssertChunk(0, 1, 2, 3, 4);
        Push(0, 1, 2);
        Assert.Equal((0, 4), (_chunker.Count, _chunker.DroppedSamples));
    }

    [Theory]
    [InlineData(1_000_000)]
    [InlineData(-1_000_000)]
    public void OtherTimeline_StartsAnew(long position)
    {
        Push(0, 1, 2);
        Push(position, 5, 6, 7, 8);
        AssertChunk(position, 5, 6, 7, 8);
        Assert.Equal((2, 0), (_chunker.DroppedSamples, _chunker.SilenceSamples));
    }

    [Fact]
    public void NoRoom_TakesNothing()
    {
        Push(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14);
        Assert.False(_chunker.Push([15, 16, 17]));
        Assert.Equal((14, 3), (_chunker.Count, _chunker.DroppedSamples));
        AssertChunk(0, 1, 2, 3, 4);
        Assert.True(_chunker.Push([15, 16, 17]));
    }

    [Fact]
    public void FortyHours_KeepTheirPlace()
    {
        const long place = 40L * 3600 * 16_000; // past 2^31
        Push(place, 1, 2, 3, 4, 5);
        AssertChunk(place, 1, 2, 3, 4);
        Push(place + 6, 7, 8);
        AssertChunk(place + 4, 5, 0, 7, 8);
    }

    [Fact]
    public void AnySplitIntoBlocks_GivesTheSameChunks() => Prop.ForAll<byte[]>(lengths =>
    {
        var chunker = new AudioChunker(640, 10);
        var chunk = new float[640];
        var (next, taken) = (0L, 0L);
        foreach (var length in lengths)
        {
            var block = Enumerable.Range(0, length).Select(i => (float)(next + i)).ToArray();
            Assert.True(chunker.Push(block, next));
            next += length;
            while (chunker.TryTake(chunk, out var start))
            {
                Assert.Equal(taken, start);
                Assert.True(chunk.Select((sample, i) => sample == start + i).All(equal => equal));
                taken += 640;
            }
        }

        Assert.Equal(next, chunker.End);
        Assert.Equal(next % 640, chunker.Count);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void SteadyState_AllocatesNothing()
    {
        var chunker = new AudioChunker();
        var block = new float[160];
        var chunk = new float[640];
        Allocation.AssertNone(() =>
        {
            chunker.Push(block);
            chunker.TryTake(chunk, out _);
        });
    }

    private void Push(long? position, params float[] samples) =>
        Assert.True(position is { } place ? _chunker.Push(samples, place) : _chunker.Push(samples));

    private void AssertChunk(long start, params float[] samples)
    {
        var chunk = new float[4];
        Assert.True(_chunker.TryTake(chunk, out var place));
        Assert.Equal(start, place);
        Assert.Equal(samples, chunk);
    }

    private void AssertNoChunk() => Assert.False(_chunker.TryTake(new float[4], out _));
}
