using LiveAvatar.Media.Timing;

namespace LiveAvatar.Media.Audio;

/// <summary>Puts received voice packets back in sequence and decides when a missing one is lost.</summary>
/// <remarks>
/// Called only by the receive loop, so it takes no lock; it never reads a clock: every call brings its own time. It adds no
/// delay while nothing is missing: what is in order comes out at once, because the frame clock of the avatar is this audio.
/// A gap is waited for no longer than <see cref="Hold"/>, since voice is not retransmitted. Silence that the sender left out
/// (DTX) shows as a timestamp ahead of the last packet's end with no sequence number missing, and is no loss.
/// After each push, call <see cref="TryPop"/> until it says false, then again at <see cref="NextDeadline"/>.
/// </remarks>
public sealed class AudioJitterBuffer
{
    private const int RestartDistance = 100; // RFC 3550 appendix A.1, MAX_MISORDER: further back is a sender that started over
    private const int OpusShortest = 120; // 2.5 ms
    private const int DefaultDuration = 960; // 20 ms, until a packet tells

    private readonly AudioJitterBufferOptions _options;
    private readonly HoldTime _hold;
    private readonly PacketStore _waiting;
    private long _next; // the sequence number to come out next
    private bool _started;
    private ulong _givenUp; // bit i: number _next - 1 - i was given up
    private long _suspect = long.MinValue; // the number that would confirm a restart
    private long _endTimestamp; // where the last unit ended
    private int _duration = DefaultDuration; // of the last packet
    private TimeSpan _gapSeen; // when the newest gap showed

    /// <summary>Makes an empty buffer; all its memory is taken here.</summary>
    public AudioJitterBuffer(AudioJitterBufferOptions? options = null)
    {
        _options = options ?? new AudioJitterBufferOptions();
        _hold = new HoldTime(_options.InitialHold, _options.MinHold, _options.MaxHold);
        _waiting = new PacketStore(_options.Capacity, _options.MaxPayload);
    }

    /// <summary>How long a gap is waited for now.</summary>
    public TimeSpan Hold => _hold.Current;

    /// <summary>Packets waiting.</summary>
    public int Count => _waiting.Count;

    /// <summary>Packets given up, outages included.</summary>
    public long LostCount { get; private set; }

    /// <summary>Packets that came after they were given up.</summary>
    public long TooLateCount { get; private set; }

    /// <summary>Packets that came more than once.</summary>
    public long DuplicateCount { get; private set; }

    /// <summary>Packets refused for lack of room or for their length.</summary>
    public long RefusedCount { get; private set; }

    /// <summary>How often the sender began its numbering anew.</summary>
    public long RestartCount { get; private set; }

    /// <summary>Puts a packet in; its payload is copied.</summary>
    /// <param name="sequence">Unwrapped sequence number.</param>
    /// <param name="rtpTimestamp">Unwrapped 48 kHz timestamp.</param>
    /// <param name="payload">The Opus packet.</param>
    /// <param name="now">When it arrived.</param>
    /// <param name="captureNtp">NTP time of its first sample at the capturer; 0 = unknown.</param>
    public PushResult Push(long sequence, long rtpTimestamp, ReadOnlySpan<byte> payload, TimeSpan now, ulong captureNtp = 0)
    {
        if (payload.Length > _options.MaxPayload)
        {
            RefusedCount++;
            return PushResult.TooLong;
        }

        if (!_started)
        {
            Begin(sequence, rtpTimestamp);
        }
        else if (sequence < _next && ClassifyOld(sequence, rtpTimestamp, now) is { } verdict)
        {
            return verdict;
        }

        if (_waiting.Contains(sequence))
        {
            DuplicateCount++;
            return PushResult.Duplicate;
        }

        if (_waiting.Count > 0 && sequence < _waiting.LastSequence)
        {
            _hold.OnOvertaken(now - _gapSeen);
        }
        else if (sequence > (_waiting.Count > 0 ? _waiting.LastSequence + 1 : _next))
        {
            _gapSeen = now;
        }

        if (!_waiting.TryInsert(sequence, rtpTimestamp, payload, now, captureNtp))
        {
            RefusedCount++;
            return PushResult.Full;
        }

        return PushResult.Kept;
    }

    /// <summary>Takes the next step of the voice; false while there is none, or a gap is still waited for.</summary>
    /// <param name="now">The time of the call.</param>
    /// <param name="payload">Receives the packet; at least as long as the longest payload pushed.</param>
    /// <param name="unit">What to do.</param>
    /// <exception cref="ArgumentException">The span is shorter than the packet.</exception>
    public bool TryPop(TimeSpan now, Span<byte> payload, out AudioUnit unit)
    {
        unit = default;
        if (_waiting.Count == 0)
        {
            return false;
        }

        ref readonly var head = ref _waiting.First;
        var missing = head.Sequence - _next;
        if (missing > 0 && !IsOutage(missing) && now < head.Arrived + _hold.Current)
        {
            return false;
        }

        // Timestamps that leave no room for what is missing belong to a sender that started over: nothing to conceal.
        var room = head.RtpTimestamp - _endTimestamp;
        if (missing > 0 && (IsOutage(missing) || room < missing * OpusShortest))
        {
            SkipTo(head.Sequence);
            missing = 0;
        }

        unit = missing > 0 ? PopLost(head, missing, room, payload) : PopPacket(payload);
        return true;
    }

    /// <summary>When to call <see cref="TryPop"/> again though nothing arrives; null if only an arrival can help.</summary>
    public TimeSpan? NextDeadline(TimeSpan now)
    {
        if (_waiting.Count == 0)
        {
            return null;
        }

        ref readonly var head = ref _waiting.First;
        var due = head.Arrived + _hold.Current;
        var missing = head.Sequence - _next;
        return missing <= 0 || IsOutage(missing) || due < now ? now : due;
    }

    private bool IsOutage(long missing) => missing > _options.MaxConcealedPackets;

    // A number before the next one: late, seen before, or the first sign of a restart (null: go on, it has been made one).
    private PushResult? ClassifyOld(long sequence, long rtpTimestamp, TimeSpan now)
    {
        var age = _next - 1 - sequence;
        if (age >= RestartDistance)
        {
            if (sequence == _suspect)
            {
                RestartCount++;
                _waiting.Clear();
                Begin(sequence, rtpTimestamp);
                return null;
            }

            _suspect = sequence + 1;
        }

        if (age < 64 && ((_givenUp >> (int)age) & 1) != 0)
        {
            _givenUp &= ~(1UL << (int)age);
            _hold.OnOvertaken(now - _gapSeen);
            TooLateCount++;
            return PushResult.TooLate;
        }

        if (age < 64)
        {
            DuplicateCount++;
            return PushResult.Duplicate;
        }

        TooLateCount++;
        return PushResult.TooLate;
    }

    private void Begin(long sequence, long rtpTimestamp)
    {
        _started = true;
        _next = sequence;
        _givenUp = 0;
        _suspect = long.MinValue;
        _endTimestamp = rtpTimestamp;
    }

    private void SkipTo(long sequence)
    {
        LostCount += sequence - _next;
        _givenUp = 0;
        _next = sequence;
    }

    private void Advance(bool givenUp)
    {
        _givenUp = (_givenUp << 1) | (givenUp ? 1UL : 0);
        _next++;
    }

    private AudioUnit PopPacket(Span<byte> payload)
    {
        ref readonly var head = ref _waiting.First;
        var length = _waiting.CopyFirst(payload);
        _duration = OpusToc.TryGetDuration(payload[..length], out var samples) ? samples : _duration;
        var unit = new AudioUnit(
            AudioUnitKind.Packet, length, head.Sequence, head.RtpTimestamp, _duration, head.Arrived, head.CaptureNtp);
        _endTimestamp = head.RtpTimestamp + _duration;
        _waiting.RemoveFirst();
        Advance(givenUp: false);
        return unit;
    }

    private AudioUnit PopLost(in WaitingPacket head, long missing, long room, Span<byte> payload)
    {
        // As long as the packet before, unless the timestamps leave less.
        var duration = (int)Math.Min(_duration, room / missing);
        var nextHere = missing == 1;
        var length = nextHere ? _waiting.CopyFirst(payload) : 0;
        // In-band FEC holds what came right before the packet that carries it; with DTX there may be silence before that.
        var timestamp = nextHere ? head.RtpTimestamp - duration : _endTimestamp;
        var capture = head.CaptureNtp == 0 ? 0 : NtpTime.Add(head.CaptureNtp, RtpClock.Opus.ToTime(timestamp - head.RtpTimestamp));
        var kind = nextHere ? AudioUnitKind.LostButNextHere : AudioUnitKind.Lost;
        var unit = new AudioUnit(kind, length, _next, timestamp, duration, head.Arrived, capture);
        _endTimestamp = timestamp + duration;
        _hold.OnLost();
        LostCount++;
        Advance(givenUp: true);
        return unit;
    }
}
