using LiveAvatar.Codecs;
using LiveAvatar.Media.Audio;
using LiveAvatar.Rtc;

namespace LiveAvatar.Pipeline.Voice;

/// <summary>Steps 3 to 6 and the first half of 12: the driver's packets become chunks for the face and packets for the viewers.</summary>
/// <remarks>
/// Two threads come here: the receive thread with packets and the pacing thread with time. Media time counts the sound
/// taken in, so lips and voice share one timeline whatever the network did.
/// </remarks>
internal sealed class VoiceUplink : IVoiceSource
{
    private const int SampleRate48k = 48_000;
    private const int MaxSamples48k = 5760; // 120 ms, the longest Opus packet (RFC 6716 section 2.1.4)
    private static readonly TimeSpan SilenceBlock = TimeSpan.FromMilliseconds(10);

    // Guards everything below: packets (receive thread) and deadlines (pacing thread) interleave here.
    private readonly Lock _gate = new();
    private readonly AudioJitterBuffer _jitter = new();
    private readonly OpusDecoder _decoder = new();
    private readonly ChunkFeed _feed;
    private readonly UplinkClock _clock = new();
    private readonly VoiceCut _cut = new();
    private readonly VoiceRelay _relay;
    private readonly PipelineCounters _counters;
    private readonly byte[] _packet = new byte[1500];
    private readonly float[] _pcm48 = new float[MaxSamples48k];
    private readonly float[] _silence48 = new float[SampleRate48k / 100];
    private CaptureTime _captured; // of the latest packet, which began at _capturedAt in media time
    private TimeSpan _capturedAt;
    private long? _clockOffset;
    private bool _started;
    private bool _paused = true;

    public VoiceUplink(ChunkFeed feed, VoiceRelay relay, PipelineCounters counters)
    {
        _feed = feed;
        _relay = relay;
        _counters = counters;
    }

    /// <inheritdoc/>
    public void Start(TimeSpan now)
    {
        lock (_gate)
        {
            _clock.Start(now, PipelineTiming.FirstMediaTime);
            _started = true;
        }
    }

    /// <summary>Takes a packet from the network. Receive thread.</summary>
    /// <returns>Whether a chunk was completed.</returns>
    public bool Accept(in ReceivedAudio packet)
    {
        lock (_gate)
        {
            if (!_started)
            {
                return false;
            }

            _counters.AudioReceived++;
            _clockOffset = packet.CaptureClockOffset;
            _jitter.Push(packet.Sequence, packet.RtpTimestamp, packet.Payload, packet.Arrived, packet.CaptureNtp);
            return Drain(packet.Received, packet.Arrived);
        }
    }

    /// <summary>Gives up on what is missing for too long and feeds silence where nothing comes.</summary>
    /// <inheritdoc/>
    public bool Tick(TimeSpan now)
    {
        lock (_gate)
        {
            if (!_started)
            {
                return false;
            }

            var completed = Drain(now, now);
            for (var due = _clock.SilenceDue(now); due >= SilenceBlock; due -= SilenceBlock)
            {
                _paused = true;
                _captured = default;
                _counters.SilenceFilled++;
                _cut.Hear(_silence48, _clock.Position);
                completed |= Feed(_silence48, now, now);
            }

            return completed;
        }
    }

    /// <summary>Nothing more of the present utterance is heard: the microphone is silent until its next pause.</summary>
    /// <inheritdoc/>
    public TimeSpan Interrupt()
    {
        lock (_gate)
        {
            _cut.Begin(_clock.Position);
            _relay.Flush();
            return _clock.Position;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _started = false;
            _decoder.Dispose();
        }
    }

    private bool Drain(TimeSpan received, TimeSpan now)
    {
        var completed = false;
        while (_jitter.TryPop(now, _packet, out var unit))
        {
            if (!_clock.Accepts(now))
            {
                _counters.AudioSkipped++;
                continue;
            }

            ReadOnlySpan<byte> payload = _packet.AsSpan(0, unit.Length);
            var missing = Math.Min(unit.DurationSamples48k, MaxSamples48k);
            int samples;
            switch (unit.Kind)
            {
                case AudioUnitKind.Packet:
                    samples = _decoder.Decode(payload, _pcm48);
                    if (samples <= 0)
                    {
                        _counters.AudioUndecodable++;
                        continue;
                    }

                    payload = Cut(_pcm48.AsSpan(0, samples)) ? SilentOpus.Packet(samples) : payload;
                    Forward(payload, unit.CaptureNtp, now);
                    break;
                case AudioUnitKind.LostButNextHere:
                    _counters.AudioConcealed++;
                    samples = _decoder.DecodeFec(payload, _pcm48, missing);
                    Cut(_pcm48.AsSpan(0, samples));
                    break;
                default:
                    _counters.AudioConcealed++;
                    samples = _decoder.DecodeLost(_pcm48, missing);
                    Cut(_pcm48.AsSpan(0, samples));
                    break;
            }

            if (samples > 0)
            {
                completed |= Feed(_pcm48.AsSpan(0, samples), received, now);
            }
        }

        return completed;
    }

    private void Forward(ReadOnlySpan<byte> payload, ulong captureNtp, TimeSpan now)
    {
        _captured = new CaptureTime(captureNtp, _clockOffset);
        _capturedAt = _clock.Position;
        _relay.Offer(payload, _clock.Position, now, _captured, startsTalkSpurt: _paused);
        _paused = false;
    }

    // After an interruption sound becomes silence; true when it did.
    private bool Cut(Span<float> pcm48)
    {
        var cut = _cut.Hear(pcm48, _clock.Position);
        if (cut)
        {
            pcm48.Clear();
        }

        return cut;
    }

    private bool Feed(ReadOnlySpan<float> pcm48, TimeSpan received, TimeSpan now)
    {
        _clock.Advance(TimeSpan.FromSeconds((double)pcm48.Length / SampleRate48k));
        return _feed.Feed(pcm48, received, now, _captured, _capturedAt);
    }
}
