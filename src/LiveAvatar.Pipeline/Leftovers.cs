namespace LiveAvatar.Pipeline;

/// <summary>Collects what ended sessions leave on the heap before it has become much.</summary>
/// <remarks>
/// Little of a running session is garbage, so the collector has little reason to look at generation 2, where all of a session is by
/// the time it ends: some 130 kB of each waited there until the heap had grown by 20 MB.
/// </remarks>
internal static class Leftovers
{
    private const long Bearable = 4 << 20; // bytes; some thirty sessions

    /// <summary>Has generation 2 collected in the background if what is used of the heap has grown since that was last done.</summary>
    public static void Collect()
    {
        var full = GC.GetGCMemoryInfo(GCKind.FullBlocking);
        var background = GC.GetGCMemoryInfo(GCKind.Background);
        if (Used(GC.GetGCMemoryInfo(GCKind.Any)) - Used(full.Index > background.Index ? full : background) > Bearable)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
        }
    }

    private static long Used(GCMemoryInfo heap) => heap.HeapSizeBytes - heap.FragmentedBytes;
}
