using System.Diagnostics.CodeAnalysis;

namespace LiveAvatar.Media.Rtp;

/// <summary>Spreads packets over time so that a key frame does not overrun a router's queue: a leaky bucket.</summary>
/// <remarks>
/// Every packet sent fills the bucket by its size; the bucket leaks at the sending rate. Packets that are spread leave while
/// less than a burst is in it; voice and delta frames always leave, and fill it too. Order within video is kept.
/// Call <see cref="TryDequeue"/> until it says false, then again at <see cref="NextDeadline"/>. A refused packet stays the caller's.
/// </remarks>
/// <typeparam name="T">The packet, or a handle to it.</typeparam>
public sealed class Pacer<T>
{
    private readonly PacerOptions _options;
    private readonly FixedQueue<Entry> _audio;
    private readonly FixedQueue<Entry> _resends;
    private readonly FixedQueue<Entry> _video;
    private double _configuredRate; // bytes per second
    private double _rate; // the configured one, or more while the queue would wait too long
    private double _level; // bytes in the bucket
    private TimeSpan _leakedUntil;

    /// <summary>Makes an empty pacer.</summary>
    /// <param name="bitsPerSecond">The encoder's rate, above 0.</param>
    /// <param name="options">Limits; null = defaults.</param>
    public Pacer(long bitsPerSecond, PacerOptions? options = null)
    {
        _options = options ?? new PacerOptions();
        _audio = new(_options.Capacity);
        _resends = new(_options.Capacity);
        _video = new(_options.Capacity);
        SetRate(bitsPerSecond);
    }

    /// <summary>Packets waiting.</summary>
    public int Count => _audio.Count + _resends.Count + _video.Count;

    /// <summary>Bytes waiting.</summary>
    public long QueuedBytes { get; private set; }

    /// <summary>Packets refused because their queue was full.</summary>
    public long OverflowCount { get; private set; }

    /// <summary>Follows a change of the encoder's rate.</summary>
    public void SetRate(long bitsPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bitsPerSecond);
        _configuredRate = bitsPerSecond / 8.0 * _options.Headroom;
        _rate = Math.Max(_configuredRate, Count == 0 ? 0 : _rate);
    }

    /// <summary>Puts a packet in line.</summary>
    /// <returns>False if its queue is full; the packet stays the caller's.</returns>
    public bool Enqueue(T packet, int bytes, PacketUrgency urgency, TimeSpan now)
    {
        Leak(now);
        var queue = urgency switch
        {
            PacketUrgency.Audio => _audio,
            PacketUrgency.Resend => _resends,
            _ => _video,
        };
        if (!queue.TryEnqueue(new Entry(packet, bytes, urgency)))
        {
            OverflowCount++;
            return false;
        }

        QueuedBytes += bytes;
        _rate = Math.Max(_rate, (QueuedBytes + _level) / _options.MaxWait.TotalSeconds);
        return true;
    }

    /// <summary>Takes the next packet that may leave now.</summary>
    public bool TryDequeue(TimeSpan now, [MaybeNullWhen(false)] out T packet)
    {
        Leak(now);
        if (NextQueue() is not { } queue || !queue.TryPeek(out var head) || (IsSpread(head) && _level >= BurstBytes))
        {
            packet = default;
            return false;
        }

        queue.Dequeue();
        _level += head.Bytes;
        QueuedBytes -= head.Bytes;
        if (Count == 0)
        {
            _rate = _configuredRate;
        }

        packet = head.Packet;
        return true;
    }

    /// <summary>When the next packet may leave; null if none waits.</summary>
    public TimeSpan? NextDeadline(TimeSpan now)
    {
        Leak(now);
        if (NextQueue() is not { } queue || !queue.TryPeek(out var head))
        {
            return null;
        }

        if (!IsSpread(head) || _level < BurstBytes)
        {
            return now;
        }

        // One tick more, so that the rounding of doubles cannot make the caller come a tick too early for ever.
        return now + TimeSpan.FromSeconds((_level - BurstBytes) / _rate) + TimeSpan.FromTicks(1);
    }

    private double BurstBytes => _rate * _options.Burst.TotalSeconds;

    private static bool IsSpread(in Entry entry) => entry.Urgency is PacketUrgency.Resend or PacketUrgency.Key;

    // A delta at the head of video waits for nothing; otherwise resends go first.
    private FixedQueue<Entry>? NextQueue() =>
        _audio.Count > 0 ? _audio
        : _video.TryPeek(out var head) && !IsSpread(head) ? _video
        : _resends.Count > 0 ? _resends
        : _video.Count > 0 ? _video
        : null;

    private void Leak(TimeSpan now)
    {
        if (now > _leakedUntil)
        {
            _level = Math.Max(0, _level - ((now - _leakedUntil).TotalSeconds * _rate));
            _leakedUntil = now;
        }
    }

    private readonly record struct Entry(T Packet, int Bytes, PacketUrgency Urgency);
}
