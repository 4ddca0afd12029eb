using System.Collections.Immutable;

namespace LiveAvatar.Pipeline.Control;

/// <summary>Hands each frame's motion to everyone who reads it; costs nothing while nobody does.</summary>
/// <remarks>The readers are an immutable snapshot, swapped whole, so that publishing takes no lock.</remarks>
internal sealed class MotionFeed(int channels, int emotions)
{
    /// <summary>Readers of one session at the same time.</summary>
    public const int MaxReaders = 16;

    private readonly Lock _gate = new(); // guards _closed and swapping _readers
    private ImmutableArray<MotionSubscription> _readers = [];
    private bool _closed;

    /// <summary>Whether anyone reads.</summary>
    public bool IsRead => !_readers.IsEmpty;

    /// <summary>Starts reading from the next frame on.</summary>
    /// <exception cref="SessionEndedException">The session has ended.</exception>
    /// <exception cref="CapacityException">There are <see cref="MaxReaders"/> already.</exception>
    public MotionSubscription Subscribe()
    {
        lock (_gate)
        {
            if (_closed)
            {
                throw new SessionEndedException();
            }

            if (_readers.Length == MaxReaders)
            {
                throw new CapacityException($"The motion of this session is already read by {MaxReaders}.", TimeSpan.FromSeconds(30));
            }

            var reader = new MotionSubscription(this, channels, emotions);
            _readers = _readers.Add(reader);
            return reader;
        }
    }

    public void Remove(MotionSubscription reader)
    {
        lock (_gate)
        {
            _readers = _readers.Remove(reader);
        }

        reader.Complete();
    }

    /// <summary>Hands a frame out. Inference worker.</summary>
    public void Publish(FaceEffect frame, ReadOnlySpan<float> motion, ReadOnlySpan<float> emotion)
    {
        foreach (var reader in _readers)
        {
            reader.Publish(frame, motion, emotion);
        }
    }

    /// <summary>The session is over: readers get what is left and then the end.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            foreach (var reader in _readers)
            {
                reader.Complete();
            }
        }
    }
}
