using LiveAvatar.Pipeline.Voice;

namespace LiveAvatar.Pipeline.Tests.Voice;

public sealed class SoundQueueTests
{
    private const int Block = 960;

    private readonly List<(PlaybackEvent Event, ulong Utterance)> _events = [];
    private readonly float[] _block = new float[Block];
    private SoundQueue _queue;

    public SoundQueueTests() => _queue = Make(prebuffer: 0);

    [Fact]
    public void Sound_IsPlayedInOrderAndItsEndIsFilledUp()
    {
        Assert.Equal(1500, _queue.Write(Ramp(0, 1500), 1));
        Assert.True(_queue.TryEnd(1));
        Assert.True(_queue.TryRead(_block));
        Assert.Equal(Ramp(0, Block), _block);
        Assert.True(_queue.TryRead(_block));
        Assert.Equal([.. Ramp(Block, 540), .. new float[420]], _block);
        Assert.False(_queue.TryRead(_block));
        Assert.Equal([(PlaybackEvent.Started, 1ul), (PlaybackEvent.Ended, 1ul)], _events);
        Assert.True(_queue.IsEmpty);
    }

    [Fact]
    public void Prebuffer_IsWaitedForAtTheStartAndAfterItRanDry()
    {
        _queue = Make(prebuffer: 2 * Block);
        _queue.Write(new float[(2 * Block) - 1], 1);
        Assert.False(_queue.TryRead(_block));
        _queue.Write(new float[1], 1);
        Assert.True(_queue.TryRead(_block));
        Assert.True(_queue.TryRead(_block));
        Assert.False(_queue.TryRead(_block));
        Assert.Equal([(PlaybackEvent.Started, 1ul), (PlaybackEvent.Starved, 1ul)], _events);
        _queue.Write(new float[Block], 1);
        Assert.False(_queue.TryRead(_block));
        _queue.TryEnd(1);
        Assert.True(_queue.TryRead(_block)); // what is complete waits for nothing
    }

    [Fact]
    public void Full_TakesNoMoreUntilSomethingIsPlayed()
    {
        Assert.Equal(SoundQueue.Capacity, _queue.Write(new float[SoundQueue.Capacity + 10], 1));
        Assert.Equal(0, _queue.Write(new float[10], 1));
        Assert.True(_queue.TryRead(_block));
        Assert.Equal(Block, _queue.Write(new float[2 * Block], 1));
        Assert.Equal(SoundQueue.Capacity, _queue.Count);
    }

    [Fact]
    public void Interrupted_DiscardsWhatWaitsAndWhatStillComes()
    {
        _queue.Write(new float[Block], 1);
        _queue.TryEnd(1);
        _queue.Write(new float[3 * Block], 2);
        Assert.True(_queue.TryRead(_block));
        _queue.Interrupt();
        Assert.False(_queue.TryRead(_block));
        Assert.Equal(5, _queue.Write(new float[5], 2)); // late sound of the interrupted one: taken, never played
        Assert.True(_queue.TryEnd(2));
        Assert.False(_queue.TryRead(_block));
        _queue.Write(Ramp(1, Block), 3);
        Assert.True(_queue.TryRead(_block));
        Assert.Equal(Ramp(1, Block), _block);
        Assert.Equal(
            [(PlaybackEvent.Started, 1ul), (PlaybackEvent.Ended, 1ul), (PlaybackEvent.Interrupted, 2ul), (PlaybackEvent.Started, 3ul)], _events);
    }

    [Fact]
    public void CompleteOrEarlierUtterance_IsRefused()
    {
        _queue.Write(new float[10], 5);
        _queue.TryEnd(5);
        Assert.Equal("utterance", Assert.Throws<PushException>(() => _queue.Write(new float[10], 5)).Field);
        Assert.Throws<PushException>(() => _queue.Write(new float[10], 4));
    }

    [Fact]
    public void EmptyUtterances_TakeBoundedRoom()
    {
        ulong number = 0;
        while (number < 10_000 && _queue.TryEnd(number + 1))
        {
            number++;
        }

        Assert.Equal(256ul, number);
        Assert.False(_queue.TryRead(_block));
        Assert.True(_queue.IsEmpty);
    }

    [Fact]
    public void LongSound_WrapsAroundTheRing()
    {
        var next = 0;
        for (var i = 0; i < 2000; i++)
        {
            _queue.Write(Ramp(i * Block, Block), 1);
            if (i >= 300)
            {
                Assert.True(_queue.TryRead(_block));
                Assert.Equal(Ramp(next, Block), _block);
                next += Block;
            }
        }
    }

    private static float[] Ramp(int from, int count) => [.. Enumerable.Range(from, count).Select(i => i % 1000 / 1000f)];

    private SoundQueue Make(int prebuffer) => new(prebuffer, (what, utterance, _) =>
    {
        if (what != PlaybackEvent.Progress)
        {
            _events.Add((what, utterance));
        }
    });
}
