using LiveAvatar.Inference;

namespace LiveAvatar.Pipeline.Control;

/// <summary>What became of a command that was offered.</summary>
public enum OfferResult
{
    /// <summary>It will take effect.</summary>
    Taken,

    /// <summary>Its time has gone by: a later frame is already drawn.</summary>
    Past,

    /// <summary><see cref="FaceControl.Capacity"/> commands wait already.</summary>
    Full,

    /// <summary>The session has ended.</summary>
    Ended,
}

/// <summary>Takes commands for one session's face from any thread and applies each with the frame it is due for.</summary>
public sealed class FaceControl
{
    /// <summary>Commands that may wait: at 25 frames per second more than two for each frame of a second.</summary>
    public const int Capacity = 64;

    // Guards everything up to _closed: commands come from any thread, frames from the inference worker.
    private readonly Lock _gate = new();
    private readonly FaceCommand[] _waiting = new FaceCommand[Capacity];
    private readonly float[] _emotion;
    private int _count;
    private long _frame;
    private TimeSpan _mediaTime;
    private bool _closed;

    private readonly FaceState _face; // the worker's alone
    private readonly Func<TimeSpan> _interrupt;

    /// <param name="emotions">How many the pack has.</param>
    /// <param name="automaticEmotion">How much of the voice's emotion is added at first, 0…1.</param>
    /// <param name="interrupt">Stops the voice and tells from which media time on it may speak again; any thread.</param>
    internal FaceControl(int emotions, float automaticEmotion, Func<TimeSpan> interrupt)
    {
        _interrupt = interrupt;
        _emotion = new float[emotions];
        _face = new FaceState(emotions, automaticEmotion);
    }

    /// <summary>The newest frame; zeros before the first.</summary>
    public FaceEffect Newest
    {
        get
        {
            lock (_gate)
            {
                return new FaceEffect(_frame, _mediaTime);
            }
        }
    }

    /// <summary>How the frame that has begun is to be played.</summary>
    internal Steering Steering => _face.Steering;

    /// <summary>Media time before which the sound of the frame that has begun is to be silent.</summary>
    internal TimeSpan HushedBefore => _face.HushedBefore;

    /// <summary>Takes a command; <see cref="FaceCommand.Applied"/> tells when it has taken effect.</summary>
    public OfferResult Offer(FaceCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);
        lock (_gate)
        {
            if (_closed)
            {
                return OfferResult.Ended;
            }

            if (command.At <= _mediaTime)
            {
                return OfferResult.Past;
            }

            if (_count == Capacity)
            {
                return OfferResult.Full;
            }

            // Sound stops now; the face's next frame is up to 40 ms away.
            if (command is InterruptCommand { At: null } interrupt)
            {
                interrupt.Stop(_interrupt);
            }

            _waiting[_count++] = command;
            return OfferResult.Taken;
        }
    }

    /// <summary>The emotion of the newest frame: strength of each of the pack's emotions, what the voice added included.</summary>
    public float[] GetEmotion()
    {
        lock (_gate)
        {
            return [.. _emotion];
        }
    }

    /// <summary>Begins a frame: what is due takes effect, in the order it came.</summary>
    internal void BeginFrame(TimeSpan mediaTime, AvatarStream stream)
    {
        _face.BeginFrame(mediaTime);
        lock (_gate)
        {
            (_frame, _mediaTime) = (_frame + 1, mediaTime);
            var kept = 0;
            for (var i = 0; i < _count; i++)
            {
                var command = _waiting[i];
                if (command.At > mediaTime)
                {
                    _waiting[kept++] = command;
                    continue;
                }

                (command as InterruptCommand)?.Stop(_interrupt);
                command.Apply(_face, stream);
                command.Complete(new FaceEffect(_frame, mediaTime));
            }

            _waiting.AsSpan(kept, _count - kept).Clear();
            _count = kept;
        }

        _face.Advance();
    }

    /// <summary>Keeps what the frame showed, for those who ask.</summary>
    internal void EndFrame(ReadOnlySpan<float> emotion)
    {
        lock (_gate)
        {
            emotion.CopyTo(_emotion);
        }
    }

    /// <summary>The session is over: nothing more takes effect.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            _closed = true;
            for (var i = 0; i < _count; i++)
            {
                _waiting[i].Abandon();
            }

            _waiting.AsSpan().Clear();
            _count = 0;
        }
    }
}
