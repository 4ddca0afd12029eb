namespace LiveAvatar.Media.Audio;

/// <summary>Keeps packets sorted by sequence number in memory taken once.</summary>
internal sealed class PacketStore
{
    private readonly int _maxPayload;
    private readonly WaitingPacket[] _sorted;
    private readonly byte[] _payloads;
    private readonly int[] _freeSlots;
    private int _freeCount;

    public PacketStore(int capacity, int maxPayload)
    {
        _maxPayload = maxPayload;
        _sorted = new WaitingPacket[capacity];
        _payloads = new byte[capacity * maxPayload];
        _freeSlots = new int[capacity];
        Clear();
    }

    public int Count { get; private set; }

    public ref readonly WaitingPacket First => ref _sorted[0];

    public long LastSequence => _sorted[Count - 1].Sequence;

    public bool Contains(long sequence)
    {
        var index = IndexAtOrAfter(sequence);
        return index < Count && _sorted[index].Sequence == sequence;
    }

    public bool TryInsert(long sequence, long rtpTimestamp, ReadOnlySpan<byte> payload, TimeSpan arrived, ulong captureNtp)
    {
        if (_freeCount == 0)
        {
            return false;
        }

        var slot = _freeSlots[--_freeCount];
        payload.CopyTo(_payloads.AsSpan(slot * _maxPayload));
        var index = IndexAtOrAfter(sequence);
        Array.Copy(_sorted, index, _sorted, index + 1, Count - index);
        _sorted[index] = new WaitingPacket(sequence, rtpTimestamp, payload.Length, arrived, captureNtp, slot);
        Count++;
        return true;
    }

    public int CopyFirst(Span<byte> destination)
    {
        ref readonly var first = ref _sorted[0];
        _payloads.AsSpan(first.Slot * _maxPayload, first.Length).CopyTo(destination);
        return first.Length;
    }

    public void RemoveFirst()
    {
        _freeSlots[_freeCount++] = _sorted[0].Slot;
        Count--;
        Array.Copy(_sorted, 1, _sorted, 0, Count);
    }

    public void Clear()
    {
        Count = 0;
        _freeCount = _freeSlots.Length;
        for (var i = 0; i < _freeSlots.Length; i++)
        {
            _freeSlots[i] = i;
        }
    }

    // From the end: packets mostly come in order.
    private int IndexAtOrAfter(long sequence)
    {
        var index = Count;
        while (index > 0 && _sorted[index - 1].Sequence >= sequence)
        {
            index--;
        }

        return index;
    }
}
