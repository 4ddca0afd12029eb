namespace LiveAvatar.Pipeline;

/// <summary>A fixed set of reusable items of one session; renting never allocates and never blocks.</summary>
/// <remarks>
/// An item has one owner at a time: whoever rented it passes it on or returns it. An empty pool is the back-pressure:
/// the caller drops what it was about to do and counts it. Items that are disposable are disposed of when the pool is
/// closed, those still out when they come back.
/// </remarks>
internal sealed class BufferPool<T>
    where T : class
{
    // Guards _items, _count and _closed: renters and returners are different threads of one session.
    private readonly Lock _gate = new();
    private readonly T[] _items;
    private int _count;
    private bool _closed;

    public BufferPool(int size, Func<T> create)
    {
        _items = new T[size];
        for (var i = 0; i < size; i++)
        {
            _items[i] = create();
        }

        _count = size;
    }

    /// <summary>How many items are out; zero when a session has given everything back.</summary>
    public int Rented
    {
        get
        {
            lock (_gate)
            {
                return _items.Length - _count;
            }
        }
    }

    public T? TryRent()
    {
        lock (_gate)
        {
            return _count == 0 || _closed ? null : _items[--_count];
        }
    }

    public void Return(T item)
    {
        lock (_gate)
        {
            if (_count == _items.Length)
            {
                throw new InvalidOperationException($"A {typeof(T).Name} was returned twice.");
            }

            _items[_count++] = item;
            if (_closed)
            {
                (item as IDisposable)?.Dispose();
            }
        }
    }

    /// <summary>Nothing is rented any more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            for (var i = 0; i < _count && !_closed; i++)
            {
                (_items[i] as IDisposable)?.Dispose();
            }

            _closed = true;
        }
    }
}
