using System.Buffers;

namespace LiveAvatar.Media.WebM;

/// <summary>Puts the blocks of two tracks into one order of time.</summary>
/// <remarks>
/// Players require that times in a cluster do not go back, but an encoder hands over a second of sound and then the
/// pictures that belong to it. A block waits until the other track has come as far, or is a second behind.
/// </remarks>
internal sealed class BlockQueue
{
    /// <summary>How far one track may be ahead of the other.</summary>
    internal const long MaxSkewMilliseconds = 1000;

    // Sorted by time; equal times keep the order in which they came.
    private readonly List<WebMBlock> _waiting = new(128);
    private readonly long[] _latest = [-1, -1];
    private long _released = -1;

    /// <summary>Takes a copy of the data.</summary>
    /// <exception cref="ArgumentException">The time is before the track's latest, or more than a second behind the other track.</exception>
    internal void Push(int track, long milliseconds, bool isKey, ReadOnlySpan<byte> data)
    {
        if (milliseconds < Math.Max(0, _latest[track]))
        {
            throw new ArgumentException($"The time {milliseconds} ms is before {Math.Max(0, _latest[track])} ms, already written to this track.");
        }

        if (milliseconds < _released)
        {
            throw new ArgumentException(
                $"The time {milliseconds} ms is too late: the other track is already {MaxSkewMilliseconds} ms ahead of {_released} ms.");
        }

        var buffer = ArrayPool<byte>.Shared.Rent(data.Length);
        data.CopyTo(buffer);
        var index = _waiting.Count;
        while (index > 0 && _waiting[index - 1].Milliseconds > milliseconds)
        {
            index--;
        }

        _waiting.Insert(index, new WebMBlock(track, milliseconds, isKey, buffer, data.Length));
        _latest[track] = milliseconds;
    }

    /// <summary>Takes the next block in time, if none can come before it any more.</summary>
    /// <param name="all">Nothing more will come: take it whatever is missing.</param>
    /// <param name="block">The block; give it to <see cref="Return"/> after use.</param>
    internal bool TryPop(bool all, out WebMBlock block)
    {
        block = default;
        if (_waiting.Count == 0)
        {
            return false;
        }

        var complete = Math.Max(Math.Min(_latest[0], _latest[1]), Math.Max(_latest[0], _latest[1]) - MaxSkewMilliseconds);
        if (!all && _waiting[0].Milliseconds > complete)
        {
            return false;
        }

        block = _waiting[0];
        _waiting.RemoveAt(0);
        _released = block.Milliseconds;
        return true;
    }

    /// <summary>Gives a block's memory back.</summary>
    internal static void Return(in WebMBlock block) => ArrayPool<byte>.Shared.Return(block.Buffer);

    internal void Clear()
    {
        foreach (var block in _waiting)
        {
            Return(block);
        }

        _waiting.Clear();
    }
}
