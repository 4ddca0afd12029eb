using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace LiveAvatar.Pipeline.Control;

/// <summary>One reader of a session's motion. A reader that is too slow loses the oldest frames and sees how many.</summary>
/// <remarks>Written by the inference worker, read by one other thread.</remarks>
public sealed class MotionSubscription : IDisposable
{
    // 8 frames are 320 ms: beyond it a face elsewhere is out of step anyway.
    private const int Capacity = 8;

    private readonly MotionFeed _feed;
    private readonly Channel<MotionFrame> _frames;
    private readonly BufferPool<MotionFrame> _pool;
    private long _lost;

    internal MotionSubscription(MotionFeed feed, int motion, int emotion)
    {
        _feed = feed;
        _pool = new BufferPool<MotionFrame>(Capacity + 2, () => new MotionFrame(motion, emotion));
        _frames = Channel.CreateBounded<MotionFrame>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true },
            dropped =>
            {
                Interlocked.Increment(ref _lost);
                _pool.Return(dropped);
            });
    }

    /// <summary>Frames that came too fast for the reader.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Waits for frames; false when the session has ended and all are read.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellation) => _frames.Reader.WaitToReadAsync(cancellation);

    /// <summary>Takes the next frame; the caller gives it back with <see cref="Return"/>.</summary>
    public bool TryTake([NotNullWhen(true)] out MotionFrame? frame) => _frames.Reader.TryRead(out frame);

    /// <summary>Gives a frame back.</summary>
    public void Return(MotionFrame frame) => _pool.Return(frame);

    /// <summary>Stops reading.</summary>
    public void Dispose() => _feed.Remove(this);

    internal void Publish(FaceEffect frame, ReadOnlySpan<float> motion, ReadOnlySpan<float> emotion)
    {
        if (_pool.TryRent() is not { } copy)
        {
            Interlocked.Increment(ref _lost);
            return;
        }

        (copy.Frame, copy.MediaTime) = (frame.Frame, frame.MediaTime);
        motion.CopyTo(copy.Motion);
        emotion.CopyTo(copy.Emotion);
        if (!_frames.Writer.TryWrite(copy))
        {
            _pool.Return(copy); // the session is closing
        }
    }

    internal void Complete() => _frames.Writer.TryComplete();
}
