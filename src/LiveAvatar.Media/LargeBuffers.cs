using System.Buffers;

namespace LiveAvatar.Media;

/// <summary>Large arrays that sessions take when they begin and give back when they end.</summary>
/// <remarks>
/// From 85,000 bytes on an array lives on the large object heap, which only a collection of generation 2 empties: sessions
/// that come and go would bring one on every few minutes. A pool of its own, since the shared one keeps an array per thread
/// that returned it, and sessions end on other threads than they begin on.
/// </remarks>
public static class LargeBuffers
{
    private const int Largest = 1 << 20; // bytes; I420 of 512×512 takes 384 KiB, longer ones are not kept
    private const int MostKept = 128;    // of each size

    /// <summary>The pool; what it lends may be longer than asked for and holds what was in it before.</summary>
    public static ArrayPool<byte> Pool { get; } = ArrayPool<byte>.Create(Largest, MostKept);
}
