using System.Threading.Channels;
using LiveAvatar.Inference;
using LiveAvatar.Pipeline.Control;
using LiveAvatar.Pipeline.Ledger;

namespace LiveAvatar.Pipeline;

/// <summary>Steps 7 to 9: a chunk of sound becomes motion, motion becomes a picture.</summary>
/// <remarks>
/// Runs on an inference worker, never on two at once. Every chunk is listened to, since the encoders carry state; when
/// several wait, only the newest is drawn: the others are late, and a late frame is dropped before it costs anything more.
/// While nobody watches, nothing is drawn.
/// </remarks>
internal sealed class FaceWork(
    AvatarStream stream,
    Func<bool> isWatched,
    TimeSpan window,
    TimeSpan lookAhead,
    FaceControl control,
    MotionFeed feed,
    ChannelReader<SpeechChunk> chunks,
    BufferPool<SpeechChunk> chunkPool,
    ChannelWriter<DrawnFrame> frames,
    BufferPool<DrawnFrame> framePool,
    PipelineCounters counters,
    FrameLedger ledger,
    TimeProvider time,
    Action<Exception> failed) : IInferenceWork
{
    // Guards _closed and the stream's life: closing waits for the frame that is being drawn.
    private readonly Lock _gate = new();
    private readonly TimeSpan _windowMiddle = (window / 2) - lookAhead;
    private bool _closed;

    public void Run()
    {
        lock (_gate)
        {
            try
            {
                while (!_closed && chunks.TryRead(out var chunk))
                {
                    Draw(chunk);
                }
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // A model that fails ends this session, not the worker that serves the others.
                failed(e);
            }
        }
    }

    /// <summary>After this nothing is drawn any more and the stream may be freed.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
        }
    }

    private void Draw(SpeechChunk chunk)
    {
        var started = Now();
        var mediaTime = chunk.MediaTime + _windowMiddle;
        var captured = chunk.Captured;
        var times = chunk.Times;
        times.First = captured.Shift(-lookAhead);
        times.Last = captured.Shift(window - lookAhead);
        times.Started = started;
        try
        {
            control.BeginFrame(mediaTime, stream);
            chunk.SilenceBefore(control.HushedBefore);
            stream.Listen(chunk.Samples, control.Steering);
        }
        finally
        {
            chunkPool.Return(chunk);
        }

        control.EndFrame(stream.Emotion);
        feed.Publish(control.Newest, stream.Motion, stream.Emotion);
        times.Listened = Now();
        if (!isWatched())
        {
            ledger.Enter(times, FrameFate.NotWatched);
            return;
        }

        var late = chunks.Count > 0;
        if (late || framePool.TryRent() is not { } frame)
        {
            counters.FramesSkipped++;
            ledger.Enter(times, late ? FrameFate.Late : FrameFate.NoBuffer);
            return;
        }

        try
        {
            stream.Draw(frame.Pixels);
        }
        catch
        {
            framePool.Return(frame);
            throw;
        }

        frame.MediaTime = mediaTime;
        frame.Captured = captured.Shift(_windowMiddle);
        times.Drawn = Now();
        frame.Times = times;
        counters.FramesDrawn++;
        if (!frames.TryWrite(frame))
        {
            framePool.Return(frame); // the session is closing
        }
    }

    private TimeSpan Now() => time.GetElapsedTime(0);
}
