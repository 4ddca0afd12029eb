using System.Threading.Channels;
using LiveAvatar.Pipeline.Control;

namespace LiveAvatar.Pipeline.Voice;

/// <summary>One program's stream of sound into a session, from <see cref="AvatarSession.PushVoice"/> until it is disposed.</summary>
/// <remarks>One thread writes, another may read <see cref="Events"/>; nobody has to, the oldest are lost then.</remarks>
public sealed class VoicePush : IDisposable
{
    // Some 30 s of progress, or the start and the end of 32 short utterances.
    private const int MaxEvents = 64;

    private readonly PushedVoice _voice;
    private readonly SoundReader _reader;
    private readonly SoundQueue _queue; // under _voice.Gate
    private readonly Channel<Playback> _events = Channel.CreateBounded<Playback>(
        new BoundedChannelOptions(MaxEvents) { FullMode = BoundedChannelFullMode.DropOldest });

    private TaskCompletionSource? _waiting; // somebody waits for room or for the end; under _voice.Gate
    private ulong _utterance;
    private bool _utteranceEnded = true;
    private bool _abandoned; // under _voice.Gate

    internal VoicePush(PushedVoice voice, VoiceFormat format)
    {
        _voice = voice;
        _reader = new SoundReader(format);
        _queue = new SoundQueue((int)(format.Prebuffer.TotalSeconds * SoundQueue.SampleRate), Report);
    }

    /// <summary>What is heard, and when.</summary>
    public ChannelReader<Playback> Events => _events.Reader;

    /// <summary>Appends sound; returns when all of it has found room.</summary>
    /// <param name="audio">As the format says; may be empty.</param>
    /// <param name="utterance">Number of the utterance; 0 is the one before, or the next after a complete one.</param>
    /// <param name="complete">The utterance ends here.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="PushException">Sound or number are wrong; nothing was taken.</exception>
    /// <exception cref="SessionEndedException">The session has ended.</exception>
    public async Task WriteAsync(ReadOnlyMemory<byte> audio, ulong utterance, bool complete, CancellationToken cancellation)
    {
        _reader.Check(audio.Span);
        var number = utterance != 0 ? utterance : _utteranceEnded ? _utterance + 1 : _utterance;
        if (number < _utterance || (number == _utterance && _utteranceEnded))
        {
            throw new PushException("utterance", $"utterance {_utterance} has begun or is complete; number what comes next {_utterance + 1} or higher.");
        }

        if (number > _utterance && !_utteranceEnded)
        {
            await CompleteAsync(cancellation).ConfigureAwait(false); // the next one begins: the one before is complete
        }

        (_utterance, _utteranceEnded) = (number, false);
        var taken = 0;
        while (taken < audio.Length)
        {
            var slice = Read(audio.Span[taken..], out var bytes);
            taken += bytes;
            await AppendAsync(slice, cancellation).ConfigureAwait(false);
        }

        if (complete)
        {
            await CompleteAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Completes the utterance and waits until all is played.</summary>
    /// <exception cref="SessionEndedException">The session has ended.</exception>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        if (!_utteranceEnded)
        {
            await CompleteAsync(cancellation).ConfigureAwait(false);
        }

        while (WaitUnless(static queue => queue.IsEmpty) is { } change)
        {
            await change.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the push; what waits is discarded.</summary>
    public void Dispose()
    {
        _voice.Close(this);
        _events.Writer.TryComplete();
        _reader.Dispose();
    }

    /// <summary>Takes the next block to be played; under the voice's lock.</summary>
    internal bool TryRead(Span<float> block)
    {
        var read = _queue.TryRead(block);
        Wake();
        return read;
    }

    /// <summary>Discards what waits; under the voice's lock.</summary>
    internal void Interrupt()
    {
        _queue.Interrupt();
        Wake();
    }

    /// <summary>The session is over.</summary>
    internal void Abandon()
    {
        lock (_voice.Gate)
        {
            _abandoned = true;
            Wake();
        }

        _events.Writer.TryComplete();
    }

    private ReadOnlyMemory<float> Read(ReadOnlySpan<byte> audio, out int bytes)
    {
        var rest = audio;
        var sound = _reader.Read(ref rest);
        bytes = audio.Length - rest.Length;
        return sound;
    }

    private async Task CompleteAsync(CancellationToken cancellation)
    {
        _utteranceEnded = true;
        await AppendAsync(_reader.Finish(), cancellation).ConfigureAwait(false);
        var number = _utterance;
        while (WaitUnless(queue => queue.TryEnd(number)) is { } change)
        {
            await change.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    private async Task AppendAsync(ReadOnlyMemory<float> sound, CancellationToken cancellation)
    {
        var number = _utterance;
        var taken = 0;
        while (WaitUnless(queue => (taken += queue.Write(sound.Span[taken..], number)) == sound.Length) is { } change)
        {
            await change.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    // Null when it is done; otherwise what completes with the next block that is played.
    private Task? WaitUnless(Func<SoundQueue, bool> done)
    {
        lock (_voice.Gate)
        {
            if (_abandoned)
            {
                throw new SessionEndedException();
            }

            return done(_queue) ? null : (_waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private void Wake()
    {
        _waiting?.TrySetResult();
        _waiting = null;
    }

    private void Report(PlaybackEvent what, ulong utterance, TimeSpan played) => _events.Writer.TryWrite(new Playback(
        what, utterance, played, _voice.Position, TimeSpan.FromSeconds((double)_queue.Count / SoundQueue.SampleRate)));
}
