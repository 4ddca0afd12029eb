using System.Threading.Channels;
using LiveAvatar.Inference;

namespace LiveAvatar.Pipeline.Tests;

public sealed class FaceWorkTests : IDisposable
{
    private static readonly TimeSpan Middle = TimeSpan.FromMilliseconds(20);

    private readonly InferenceEngine _engine;
    private readonly AvatarStream _stream;
    private readonly BufferPool<SpeechChunk> _chunkPool = new(8, () => new SpeechChunk(640));
    private readonly BufferPool<DrawnFrame> _framePool;
    private readonly Channel<SpeechChunk> _chunks = Channel.CreateBounded<SpeechChunk>(8);
    private readonly Channel<DrawnFrame> _frames = Channel.CreateBounded<DrawnFrame>(8);
    private readonly PipelineCounters _counters = new();
    private readonly List<Exception> _failures = [];
    private readonly FaceWork _work;

    public FaceWorkTests()
    {
        _engine = TinyEngine.Create();
        var pack = _engine.Pack;
        _stream = _engine.CreateStream(_engine.Avatars[0].Name, seed: 1);
        _framePool = new BufferPool<DrawnFrame>(3, () => new DrawnFrame(pack.Manifest.Video.FrameBytes));
        _work = new FaceWork(
            _stream, Middle, automaticEmotion: 1, _chunks.Reader, _chunkPool, _frames.Writer, _framePool,
            _counters, new StageClock(), TimeProvider.System, _failures.Add);
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
    public void SteadyDrawing_AllocatesNothing()
    {
        for (var i = 0; i < 50; i++)
        {
            DrawOne();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 200; i++)
        {
            DrawOne();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
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

    private void DrawOne()
    {
        Put(TimeSpan.Zero);
        _work.Run();
        if (_frames.Reader.TryRead(out var frame))
        {
            _framePool.Return(frame);
        }
    }
}
