using System.Runtime.InteropServices;
using System.Threading.Channels;
using LiveAvatar.Pipeline.Control;
using LiveAvatar.Pipeline.Voice;

namespace LiveAvatar.Pipeline.Tests.Voice;

public sealed class PushedVoiceTests : IDisposable
{
    private static readonly VoiceFormat Format = new() { Prebuffer = TimeSpan.Zero };

    private readonly Channel<SpeechChunk> _chunks = Channel.CreateBounded<SpeechChunk>(1000);
    private readonly BufferPool<SpeechChunk> _pool = new(1000, () => new SpeechChunk(640));
    private readonly PipelineCounters _counters = new();
    private readonly PushedVoice _voice;
    private TimeSpan _now;

    public PushedVoiceTests()
    {
        _voice = new PushedVoice(new ChunkFeed(640, _pool, _chunks.Writer, _counters, TimeProvider.System), new VoiceRelay(new AvSync(), new ViewerList(), _counters), _counters);
        _voice.Start(TimeSpan.Zero);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _voice.Dispose();

    [Fact]
    public void NothingPushed_SilenceMakesChunksInRealTime()
    {
        Pass(seconds: 2);
        var chunks = Taken();
        Assert.InRange(chunks.Count, 49, 51);
        Assert.All(chunks, chunk => Assert.Equal(0, Loudest(chunk)));
    }

    [Fact]
    public async Task Sound_IsHeardAtTheMediaTimeItsStartIsToldWith()
    {
        Pass(seconds: 0.5);
        Taken();
        using var push = _voice.Open(Format);
        await push.WriteAsync(Tone(1), 1, true, Cancellation);
        Pass(seconds: 2);
        var loud = Taken().Where(chunk => Loudest(chunk) > 0.1).ToList();
        Assert.InRange(loud.Count, 25, 27);

        Assert.True(push.Events.TryRead(out var started));
        Assert.Equal((PlaybackEvent.Started, 1ul), (started.Event, started.Utterance));
        var first = loud[0].MediaTime + TimeSpan.FromSeconds(Array.FindIndex(loud[0].Samples, x => MathF.Abs(x) > 0.1f) / 16_000.0);
        Assert.InRange((first - started.MediaTime).TotalMilliseconds, -1, 2);
        var ended = Events(push)[^1];
        Assert.Equal((PlaybackEvent.Ended, 1.0), (ended.Event, ended.Played.TotalSeconds), (a, b) => a.Item1 == b.Item1 && Math.Abs(a.Item2 - b.Item2) < 0.005);
    }

    [Fact]
    public async Task TenTimesAsFast_WaitsForRoomAndLosesNothing()
    {
        using var push = _voice.Open(Format);
        var writing = push.WriteAsync(Tone(25), 1, true, Cancellation);
        Assert.False(writing.IsCompleted); // 10 s have room
        while (!writing.IsCompleted)
        {
            Pass(seconds: 0.1);
            await Task.Delay(1, Cancellation);
        }

        await writing;
        var draining = push.DrainAsync(Cancellation);
        Pass(seconds: 12);
        await draining;
        Assert.InRange(Taken().Count(chunk => Loudest(chunk) > 0.1), 25 * 25, (25 * 25) + 2);
    }

    [Fact]
    public async Task HalfAsFast_StarvesAndGoesOn()
    {
        using var push = _voice.Open(Format);
        for (var i = 0; i < 10; i++)
        {
            await push.WriteAsync(Tone(0.1), 1, false, Cancellation);
            Pass(seconds: 0.2);
        }

        await push.WriteAsync(ReadOnlyMemory<byte>.Empty, 1, true, Cancellation);
        Pass(seconds: 0.2);
        var events = Events(push);
        Assert.Equal(10, events.Count(e => e.Event == PlaybackEvent.Starved));
        Assert.Equal(1.0, events[^1].Played.TotalSeconds, 0.005);
        Assert.Equal(PlaybackEvent.Ended, events[^1].Event);
    }

    [Fact]
    public async Task Interrupted_IsSilentAtOnceAndTheNextUtteranceIsHeard()
    {
        using var push = _voice.Open(Format);
        await push.WriteAsync(Tone(5), 0, false, Cancellation);
        Pass(seconds: 1);
        Taken();
        var silentFrom = _voice.Interrupt();
        await push.WriteAsync(Tone(1), 0, true, Cancellation); // was on its way
        Pass(seconds: 1);
        Assert.All(Taken().Where(chunk => chunk.MediaTime > silentFrom), chunk => Assert.True(Loudest(chunk) < 0.01));
        await push.WriteAsync(Tone(1), 0, true, Cancellation);
        Pass(seconds: 1.2);
        Assert.Equal(25, Taken().Count(chunk => Loudest(chunk) > 0.1), 1d);
        Assert.Equal([(PlaybackEvent.Interrupted, 1ul), (PlaybackEvent.Started, 2ul), (PlaybackEvent.Ended, 2ul)],
            Events(push).Where(e => e.Event != PlaybackEvent.Progress).Skip(1).Select(e => (e.Event, e.Utterance)));
    }

    [Fact]
    public async Task Stall_DelaysAndSkipsNothing()
    {
        using var push = _voice.Open(Format);
        await push.WriteAsync(Tone(2), 1, true, Cancellation);
        Pass(seconds: 1);
        _now += TimeSpan.FromSeconds(3); // the machine stood still
        Pass(seconds: 2);
        Assert.Equal(50, Taken().Count(chunk => Loudest(chunk) > 0.1), 1d);
    }

    [Fact]
    public async Task WrongNumbers_AreRefused()
    {
        using var push = _voice.Open(Format);
        await push.WriteAsync(Tone(0.1), 3, true, Cancellation);
        Assert.Equal("utterance", (await Assert.ThrowsAsync<PushException>(() => push.WriteAsync(Tone(0.1), 3, false, Cancellation))).Field);
        Assert.Equal("utterance", (await Assert.ThrowsAsync<PushException>(() => push.WriteAsync(Tone(0.1), 2, false, Cancellation))).Field);
        Assert.Equal("audio", (await Assert.ThrowsAsync<PushException>(() => push.WriteAsync(new byte[3], 4, false, Cancellation))).Field);
    }

    [Fact]
    public async Task SecondPush_IsRefusedUntilTheFirstEnds()
    {
        var push = _voice.Open(Format);
        await push.WriteAsync(Tone(5), 1, true, Cancellation);
        Assert.Throws<VoiceTakenException>(() => _voice.Open(Format));
        push.Dispose();
        using var next = _voice.Open(Format);
        Pass(seconds: 1);
        Assert.All(Taken(), chunk => Assert.Equal(0, Loudest(chunk))); // what waited of the first is gone
    }

    [Fact]
    public async Task EndOfTheSession_EndsWhoWaits()
    {
        var push = _voice.Open(Format);
        var ended = Assert.ThrowsAsync<SessionEndedException>(() => push.WriteAsync(Tone(25), 1, true, Cancellation));
        Assert.False(ended.IsCompleted);
        _voice.Dispose();
        await ended;
        Assert.Throws<SessionEndedException>(() => _voice.Open(Format));
    }

    [Fact]
    public async Task Playing_AllocatesNothing()
    {
        using var push = _voice.Open(Format);
        await push.WriteAsync(Tone(8), 1, true, Cancellation);
        Allocation.AssertNone(
            () =>
            {
                Pass(seconds: 0.25);
                push.Events.TryRead(out _); // a queue that nobody reads grows until it is full
                while (_chunks.Reader.TryRead(out var chunk))
                {
                    _pool.Return(chunk);
                }
            },
            steps: 5);
    }

    private static float Loudest(SpeechChunk chunk) => chunk.Samples.Max(MathF.Abs);

    private static byte[] Tone(double seconds) =>
        MemoryMarshal.AsBytes<short>([.. Enumerable.Range(0, (int)(seconds * 48_000)).Select(i => (short)(16_000 * Math.Sin(2 * Math.PI * 300 * i / 48_000)))]).ToArray();

    private static List<Playback> Events(VoicePush push)
    {
        var events = new List<Playback>();
        while (push.Events.TryRead(out var playback))
        {
            events.Add(playback);
        }

        return events;
    }

    private void Pass(double seconds)
    {
        for (var end = _now + TimeSpan.FromSeconds(seconds); _now < end; _now += TimeSpan.FromMilliseconds(5))
        {
            _voice.Tick(_now);
        }
    }

    private List<SpeechChunk> Taken()
    {
        var taken = new List<SpeechChunk>();
        while (_chunks.Reader.TryRead(out var chunk))
        {
            taken.Add(chunk);
        }

        return taken;
    }
}
