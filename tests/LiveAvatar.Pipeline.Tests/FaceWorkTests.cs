using System.Threading.Channels;
using LiveAvatar.Inference;
using LiveAvatar.Pipeline.Control;
using LiveAvatar.Pipeline.Ledger;

namespace LiveAvatar.Pipeline.Tests;

public sealed class FaceWorkTests : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan LookAhead = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Middle = TimeSpan.FromMilliseconds(10); // half the window, less the look-ahead

    private readonly InferenceEngine _engine;
    private readonly AvatarStream _stream;
    private readonly BufferPool<SpeechChunk> _chunkPool = new(8, () => new SpeechChunk(640));
    private readonly BufferPool<DrawnFrame> _framePool;
    private readonly Channel<SpeechChunk> _chunks = Channel.CreateBounded<SpeechChunk>(8);
    private readonly Channel<DrawnFrame> _frames = Channel.CreateBounded<DrawnFrame>(8);
    private readonly PipelineCounters _counters = new();
    private readonly FrameLedger _ledger = new(default);
    private readonly List<Exception> _failures = [];
    private readonly FaceControl _control;
    private readonly MotionFeed _feed;
    private readonly FaceWork _work;
    private TimeSpan _hushedBefore;
    private bool _watched = true;

    public FaceWorkTests()
    {
        _engine = TinyEngine.Create();
        var pack = _engine.Pack;
        _stream = _engine.CreateStream(_engine.Avatars[0].Name, seed: 1);
        _framePool = new BufferPool<DrawnFrame>(3, () => new DrawnFrame(pack.Manifest.Video.FrameBytes));
        _control = new FaceControl(pack.Manifest.Emotions.Count, automaticEmotion: 1, () => _hushedBefore);
        _feed = new MotionFeed(pack.Manifest.Motion.Count, pack.Manifest.Emotions.Count);
        _work = new FaceWork(
            _stream, () => _watched, Window, LookAhead, _control, _feed, _chunks.Reader, _chunkPool, _frames.Writer, _framePool,
            _counters, _ledger, TimeProvider.System, _failures.Add);
    }

    [Fact]
    public void OneChunk_IsDrawnWithTheTimeOfWhatItShows()
    {
        Put(TimeSpan.FromSeconds(3));
        _work.Run();
        Assert.True(_frames.Reader.TryRead(out var frame));
        Assert.Equal(TimeSpan.FromSeconds(3) + Middle, frame.MediaTime);
        Assert.Equal(0, _chunkPool.Rented);
        Assert.Empty(_failures);
    }

    [Fact]
    public void SeveralChunksWaiting_OnlyTheNewestIsDrawn()
    {
        for (var i = 0; i < 3; i++)
        {
            Put(TimeSpan.FromSeconds(i));
        }

        _work.Run();
        Assert.True(_frames.Reader.TryRead(out var frame));
        Assert.Equal(TimeSpan.FromSeconds(2) + Middle, frame.MediaTime);
        Assert.False(_frames.Reader.TryRead(out _));
        Assert.Equal(2, _counters.FramesSkipped);
        Assert.Equal([FrameFate.Late, FrameFate.Late], _ledger.Read().Select(frame => frame.Fate)); // the drawn one's fate is the send loop's
    }

    [Fact]
    public void AllFramesOut_TheChunkIsHeardButNotDrawn()
    {
        while (_framePool.TryRent() is not null)
        {
        }

        Put(TimeSpan.Zero);
        _work.Run();
        Assert.Equal(1, _counters.FramesSkipped);
        Assert.Equal(FrameFate.NoBuffer, Assert.Single(_ledger.Read()).Fate);
        Assert.Equal(0, _chunkPool.Rented);
    }

    [Fact]
    public void AfterClose_NothingIsDrawn()
    {
        _work.Close();
        Put(TimeSpan.Zero);
        _work.Run();
        Assert.False(_frames.Reader.TryRead(out _));
    }

    [Fact]
    public void SoundThatIsNoSound_IsDrawnLikeAnyOther()
    {
        foreach (var sample in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e30f, -1e30f, float.Epsilon])
        {
            Put(TimeSpan.Zero, sample);
            _work.Run();
            Assert.True(_frames.Reader.TryRead(out var frame));
            _framePool.Return(frame);
        }

        Assert.Empty(_failures);
        Assert.Equal(0, _chunkPool.Rented);
    }

    [Fact]
    public void FailingStep_EndsThisSessionOnly()
    {
        _stream.Dispose();
        Put(TimeSpan.Zero);
        _work.Run();
        Assert.Single(_failures);
        Assert.Equal(0, _chunkPool.Rented);
    }

    [Fact]
    public async Task Command_TakesEffectWithTheNextFrame()
    {
        Put(TimeSpan.FromSeconds(3));
        _work.Run();
        var command = new EmotionCommand([0, 0, 0, 0, 1], default);
        Assert.Equal(OfferResult.Taken, _control.Offer(command));
        Assert.False(command.Applied.IsCompleted);

        Put(TimeSpan.FromSeconds(4));
        _work.Run();
        Assert.Equal(new FaceEffect(2, TimeSpan.FromSeconds(4) + Middle), await command.Applied);
        Assert.Equal(1f, _stream.Emotion[4]);
        Assert.Equal(_stream.Emotion.ToArray(), _control.GetEmotion());
    }

    [Fact]
    public void Reader_GetsTheMotionOfEachFrame()
    {
        using var reader = _feed.Subscribe();
        for (var i = 1; i <= 2; i++)
        {
            Put(TimeSpan.FromSeconds(i));
            _work.Run();
            Assert.True(reader.TryTake(out var frame));
            Assert.Equal(((long)i, TimeSpan.FromSeconds(i) + Middle), (frame.Frame, frame.MediaTime));
            Assert.Equal(_stream.Motion.ToArray(), frame.Motion);
            reader.Return(frame);
        }
    }

    [Fact]
    public void NobodyWatches_MotionIsMadeAndNothingIsDrawn()
    {
        _watched = false;
        using var reader = _feed.Subscribe();
        Put(TimeSpan.Zero);
        _work.Run();
        Assert.True(reader.TryTake(out var motion));
        Assert.Equal(1, motion.Frame);
        Assert.False(_frames.Reader.TryRead(out _));
        Assert.Equal((0, 0), (_counters.FramesSkipped, _counters.FramesDrawn));
    }

    [Fact]
    public void Interrupted_WhatWaitsIsHeardAsSilence()
    {
        using var other = _engine.CreateStream(_engine.Avatars[0].Name, seed: 1);
        Put(TimeSpan.FromSeconds(1), 0.5f);
        Put(TimeSpan.FromSeconds(1.04), 0.5f);
        _hushedBefore = TimeSpan.FromSeconds(1.06); // in the middle of the second chunk
        Assert.Equal(OfferResult.Taken, _control.Offer(new InterruptCommand()));
        _work.Run();

        var half = new float[640];
        half.AsSpan(320).Fill(0.5f);
        other.Listen(new float[640], default);
        other.Listen(half, default);
        Assert.Equal(other.Features.ToArray(), _stream.Features.ToArray());
    }

    [Fact]
    public void AvatarCommand_DrawsTheOther()
    {
        Assert.Equal(OfferResult.Taken, _control.Offer(new AvatarCommand(_engine.Avatars[1].Name)));
        Put(TimeSpan.Zero);
        _work.Run();
        Assert.Equal(_engine.Avatars[1].Name, _stream.Avatar);
        Assert.True(_frames.Reader.TryRead(out _));
    }

    [Fact]
    public void SteadyDrawing_AllocatesNothing()
    {
        // A face in the middle of every ramp there is, with a motion reader that is too slow and one that keeps up.
        using var slow = _feed.Subscribe();
        using var reader = _feed.Subscribe();
        var slowly = new Transition(TimeSpan.FromDays(1), Easing.InOut);
        _control.Offer(new EmotionCommand([1, 1, 1, 1, 1, 1, 1], slowly));
        _control.Offer(new PoseCommand([0.1f, 0.1f, 0.1f, 0, 0, 0], 1, slowly));
        _control.Offer(new GazeCommand(1, 1, 1, slowly));
        Allocation.AssertNone(() => DrawOne(reader));
    }

    public void Dispose()
    {
        _stream.Dispose();
        _engine.Dispose();
    }

    private void Put(TimeSpan mediaTime, float sample = 0)
    {
        var chunk = _chunkPool.TryRent()!;
        chunk.Samples.AsSpan().Fill(sample);
        chunk.MediaTime = mediaTime;
        Assert.True(_chunks.Writer.TryWrite(chunk));
    }

    private void DrawOne(MotionSubscription reader)
    {
        Put(TimeSpan.Zero);
        _work.Run();
        if (reader.TryTake(out var motion))
        {
            reader.Return(motion);
        }

        if (_frames.Reader.TryRead(out var frame))
        {
            _framePool.Return(frame);
        }
    }
}
