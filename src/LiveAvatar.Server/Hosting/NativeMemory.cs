using System.Runtime.InteropServices;

namespace LiveAvatar.Server.Hosting;

/// <summary>How the C library keeps memory.</summary>
internal static partial class NativeMemory
{
    private const int MmapThreshold = -3; // malloc.h: M_MMAP_THRESHOLD
    private const int MaxArenas = -8;     // M_ARENA_MAX
    private const int Large = 128 * 1024; // bytes; what glibc begins with

    /// <summary>Freed blocks are not kept in one place for each thread: large ones go back to the system, small ones are shared.</summary>
    /// <remarks>
    /// glibc raises the size from which freed blocks go back with each one that does, up to 32 MiB, and keeps smaller ones in an
    /// arena of the thread that took them, up to eight for each core. Sessions begin on whichever thread of the pool is free, so
    /// that one arena after the other grew to the size of a session's tensors and codecs: 3 MB more with each call. Running
    /// sessions take no large blocks. To be called before anything else; without glibc there is nothing to do.
    /// </remarks>
    public static void KeepLittle()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = SetOption(MmapThreshold, Large); // a value that is set stays
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
