using System.Runtime.InteropServices;

namespace LiveAvatar.Server.Hosting;

/// <summary>How the C library keeps memory.</summary>
internal static partial class NativeMemory
{
    private const int MaxArenas = -8; // malloc.h: M_ARENA_MAX

    /// <summary>Lets all threads share two arenas, instead of up to eight for each core.</summary>
    /// <remarks>
    /// glibc gives a freed block back to the arena of the thread that took it. Sessions begin on whichever thread of the pool
    /// is free, so that one arena after the other grows to the size of a session's tensors and codecs: 3 MB for each call made,
    /// for as long as there are arenas left. To be called before there are threads; without glibc there is nothing to do.
    /// </remarks>
    public static void ShareArenas()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = SetOption(MaxArenas, 2);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library, which keeps memory in its own way.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}
