namespace LiveAvatar.Rtc.Congestion;

/// <summary>Remembers when the latest packets were sent, by their transport-wide number, until feedback tells their fate.</summary>
internal sealed class SentPacketLog
{
    private const int Capacity = 2048; // a power of two; 2 s at 10 Mbit/s, far above the feedback's 100 ms

    private readonly Entry[] _entries = new Entry[Capacity];

    public void Add(ushort sequence, TimeSpan sent, int bytes) => _entries[sequence % Capacity] = new Entry(true, sequence, sent, bytes);

    /// <summary>Takes out a packet that has arrived, so that a repeated report does not count it twice.</summary>
    public bool TryTake(ushort sequence, out TimeSpan sent, out int bytes)
    {
        ref var entry = ref _entries[sequence % Capacity];
        (sent, bytes) = (entry.Sent, entry.Bytes);
        var found = entry.Used && entry.Sequence == sequence;
        entry.Used &= !found;
        return found;
    }

    /// <summary>Whether a packet's fate is still open.</summary>
    public bool Contains(ushort sequence) => _entries[sequence % Capacity] is { Used: true } entry && entry.Sequence == sequence;

    private record struct Entry(bool Used, ushort Sequence, TimeSpan Sent, int Bytes);
}
