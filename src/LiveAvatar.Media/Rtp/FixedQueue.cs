using System.Diagnostics.CodeAnalysis;

namespace LiveAvatar.Media.Rtp;

/// <summary>A first-in first-out queue that takes all its memory at construction and refuses what does not fit.</summary>
internal sealed class FixedQueue<T>(int capacity)
{
    private readonly T[] _items = new T[capacity];
    private int _head;

    public int Count { get; private set; }

    public bool TryEnqueue(T item)
    {
        if (Count == _items.Length)
        {
            return false;
        }

        _items[(_head + Count) % _items.Length] = item;
        Count++;
        return true;
    }

    public bool TryPeek([MaybeNullWhen(false)] out T item)
    {
        item = Count > 0 ? _items[_head] : default;
        return Count > 0;
    }

    public T Dequeue()
    {
        var item = _items[_head];
        _items[_head] = default!; // nothing is kept alive by an empty place
        _head = (_head + 1) % _items.Length;
        Count--;
        return item;
    }
}
