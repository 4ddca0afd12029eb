namespace LiveAvatar.Rtc.Transport;

/// <summary>Decides for each datagram of one direction whether and when it arrives, and keeps it until then.</summary>
/// <remarks>A state machine without clock, thread or lock. Buffers are kept and used again.</remarks>
internal sealed class ImpairedQueue(LinkImpairment impairment, int seed)
{
    private readonly PriorityQueue<Entry, (TimeSpan Due, long Order)> _waiting = new();
    private readonly Stack<byte[]> _spare = new();
#pragma warning disable CA5394 // A test aid needs repeatable, not secret, numbers.
    private readonly Random _random = new(seed);
    private TimeSpan _lastDue;
    private TimeSpan _lineFree;
    private bool _inBurst;
    private long _order;

    /// <summary>Datagrams lost so far, by chance or by a full queue.</summary>
    public long Lost { get; private set; }

    /// <summary>When the next datagram is due, or null when none is under way.</summary>
    public TimeSpan? NextDue => _waiting.TryPeek(out _, out var priority) ? priority.Due : null;

    /// <summary>How the link behaves.</summary>
    public LinkImpairment Impairment { get; private set; } = impairment;

    /// <summary>Changes how the link behaves from now on; what waits in line for the old rate goes on at the new one.</summary>
    public void Change(LinkImpairment next, TimeSpan now)
    {
        var scale = Impairment.Rate > 0 ? next.Rate > 0 ? Impairment.Rate / next.Rate : 0 : 1;
        Impairment = next;
        if (scale == 1)
        {
            return;
        }

        _lineFree = now + (QueueDelay(now) * scale);
        _lastDue = now + ((_lastDue > now ? _lastDue - now : TimeSpan.Zero) * scale);
        (Entry Entry, (TimeSpan Due, long Order) Priority)[] waiting = [.. _waiting.UnorderedItems];
        _waiting.Clear();
        foreach (var (entry, (due, order)) in waiting)
        {
            _waiting.Enqueue(entry, (now + ((due > now ? due - now : TimeSpan.Zero) * scale), order));
        }
    }

    /// <summary>How long a datagram sent now would wait in line.</summary>
    public TimeSpan QueueDelay(TimeSpan now) => _lineFree > now ? _lineFree - now : TimeSpan.Zero;

    /// <summary>Takes a copy of a datagram that is sent now.</summary>
    public void Push(in NetworkPath path, ReadOnlySpan<byte> datagram, TimeSpan now)
    {
        if (IsLost())
        {
            Lost++;
            return;
        }

        Enqueue(path, datagram, now);
        if (Impairment.Duplicate > 0 && _random.NextDouble() < Impairment.Duplicate)
        {
            Enqueue(path, datagram, now);
        }
    }

    /// <summary>Moves the next datagram that is due into <paramref name="destination"/>.</summary>
    public bool TryPop(TimeSpan now, Span<byte> destination, out NetworkPath path, out int length)
    {
        path = default;
        length = 0;
        if (NextDue is not { } due || due > now)
        {
            return false;
        }

        var entry = _waiting.Dequeue();
        path = entry.Path;
        length = entry.Length;
        entry.Bytes.AsSpan(0, length).CopyTo(destination);
        _spare.Push(entry.Bytes);
        return true;
    }

    // Gilbert's two states: all is lost in one, nothing in the other; the mean stays Loss whatever the bursts' length.
    private bool IsLost()
    {
        if (Impairment.BurstLength <= 1 || Impairment.Loss is <= 0 or >= 1)
        {
            return _random.NextDouble() < Impairment.Loss;
        }

        var change = _inBurst ? 1 / Impairment.BurstLength : Impairment.Loss / (Impairment.BurstLength * (1 - Impairment.Loss));
        _inBurst ^= _random.NextDouble() < change;
        return _inBurst;
    }

    private void Enqueue(in NetworkPath path, ReadOnlySpan<byte> datagram, TimeSpan now)
    {
        if (_waiting.Count >= Impairment.QueueLength || (Impairment.Rate > 0 && QueueDelay(now) > Impairment.MaxQueue))
        {
            Lost++;
            return;
        }

        if (Impairment.Rate > 0)
        {
            _lineFree = now + QueueDelay(now) + TimeSpan.FromSeconds(datagram.Length * 8 / Impairment.Rate);
        }

        var due = now + QueueDelay(now) + Impairment.Delay + (Impairment.Jitter * _random.NextDouble());
        if (!Impairment.Reorder && due < _lastDue)
        {
            due = _lastDue;
        }

        _lastDue = due;
        var bytes = _spare.TryPop(out var spare) && spare.Length >= datagram.Length ? spare : new byte[Math.Max(datagram.Length, 1500)];
        datagram.CopyTo(bytes);
        _waiting.Enqueue(new Entry(path, bytes, datagram.Length), (due, _order++));
    }
#pragma warning restore CA5394

    private readonly record struct Entry(NetworkPath Path, byte[] Bytes, int Length);
}
