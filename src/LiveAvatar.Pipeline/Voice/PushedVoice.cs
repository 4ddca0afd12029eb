using LiveAvatar.Codecs;

namespace LiveAvatar.Pipeline.Voice;

/// <summary>A voice that a program pushes: it waits in a queue and is played in real time, silence where nothing waits.</summary>
/// <remarks>
/// Three threads come here: the pacing thread plays, the push's own thread appends (<see cref="VoicePush"/>), anyone interrupts.
/// Sound is played at the pace of this machine's clock; after a stall it goes on where it was, and nothing is skipped.
/// </remarks>
internal sealed class PushedVoice : IVoiceSource
{
    private const int BlockSamples = SoundQueue.SampleRate / 50;

    // A receiver that gets no packets stretches its last sound; what it stretches then is silence.
    private const int SilentBlocksAfterSound = 5;
    private static readonly TimeSpan Block = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Stall = TimeSpan.FromMilliseconds(100);

    // Guards everything below.
    private readonly Lock _gate = new();
    private readonly ChunkFeed _feed;
    private readonly VoiceRelay _relay;
    private readonly PipelineCounters _counters;
    private readonly OpusEncoder _opus = new(new OpusEncoderOptions { Bitrate = 48_000 });
    private readonly TimeSpan _codecDelay;
    private readonly float[] _block = new float[BlockSamples];
    private readonly byte[] _packet = new byte[OpusEncoder.MaxPacketLength];
    private TimeSpan _anchor; // time minus media time
    private TimeSpan _position = PipelineTiming.FirstMediaTime;
    private VoicePush? _push;
    private int _silentBlocks = SilentBlocksAfterSound;
    private bool _started;
    private bool _closed;

    public PushedVoice(ChunkFeed feed, VoiceRelay relay, PipelineCounters counters)
    {
        (_feed, _relay, _counters) = (feed, relay, counters);
        _codecDelay = TimeSpan.FromSeconds((double)_opus.PreSkip / SoundQueue.SampleRate);
    }

    /// <summary>Whether somebody pushes.</summary>
    public bool IsPushed => Volatile.Read(ref _push) is not null;

    /// <summary>Media time of the next sound. Under <see cref="Gate"/>.</summary>
    public TimeSpan Position => _position;

    /// <summary>Guards the queue of a push, too.</summary>
    public Lock Gate => _gate;

    /// <summary>Begins a push.</summary>
    /// <exception cref="VoiceTakenException">Another one runs.</exception>
    /// <exception cref="Control.SessionEndedException">The session has ended.</exception>
    public VoicePush Open(VoiceFormat format)
    {
        lock (_gate)
        {
            if (_closed)
            {
                throw new Control.SessionEndedException();
            }

            return _push is null
                ? _push = new VoicePush(this, format)
                : throw new VoiceTakenException("Another stream pushes the session's voice already; end that one first.");
        }
    }

    /// <summary>Ends a push; what waits of it is discarded.</summary>
    public void Close(VoicePush push)
    {
        lock (_gate)
        {
            if (_push == push)
            {
                _push = null;
            }
        }
    }

    /// <inheritdoc/>
    public void Start(TimeSpan now)
    {
        lock (_gate)
        {
            _anchor = now - _position;
            _started = !_closed;
        }
    }

    /// <inheritdoc/>
    public bool Tick(TimeSpan now)
    {
        lock (_gate)
        {
            if (!_started)
            {
                return false;
            }

            var behind = now - _anchor - _position;
            if (behind > Stall)
            {
                _anchor += behind;
            }

            var completed = false;
            while (now - _anchor >= _position)
            {
                completed |= Play(now);
            }

            return completed;
        }
    }

    /// <summary>Discards what waits; the next utterance is spoken again.</summary>
    /// <inheritdoc/>
    public TimeSpan Interrupt()
    {
        lock (_gate)
        {
            _push?.Interrupt();
            _relay.Flush();
            return _position;
        }
    }

    public void Dispose()
    {
        VoicePush? push;
        lock (_gate)
        {
            (_closed, _started) = (true, false);
            (push, _push) = (_push, null);
            _opus.Dispose();
        }

        push?.Abandon();
    }

    private bool Play(TimeSpan now)
    {
        if (_push?.TryRead(_block) == true)
        {
            _counters.AudioReceived++;
            Send(now, startsTalkSpurt: _silentBlocks >= SilentBlocksAfterSound);
            _silentBlocks = 0;
        }
        else
        {
            _counters.SilenceFilled++;
            _block.AsSpan().Clear();
            if (_silentBlocks < SilentBlocksAfterSound)
            {
                _silentBlocks++;
                Send(now, startsTalkSpurt: false);
            }
        }

        _position += Block;
        return _feed.Feed(_block, now, now, default, _position);
    }

    // What a packet plays is the sound of a moment earlier: its time says so, and the lips stay in step.
    private void Send(TimeSpan now, bool startsTalkSpurt)
    {
        if (!_relay.IsHeard)
        {
            return; // encoding costs as much as hearing does
        }

        var length = _opus.Encode(_block, _packet);
        _relay.Offer(_packet.AsSpan(0, length), _position - _codecDelay, now, default, startsTalkSpurt);
    }
}
