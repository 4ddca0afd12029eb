using System.Runtime.InteropServices;

namespace LiveAvatar.Codecs.Native;

/// <summary>libsndfile 1.x (sndfile.h).</summary>
internal static unsafe partial class LibSndFile
{
    internal const int Read = 0x10;

    private const string Library = NativeLibraries.SndFileName;

    static LibSndFile() => NativeLibraries.Install();

    [LibraryImport(Library, EntryPoint = "sf_version_string")]
    internal static partial byte* GetVersion();

    // Not sf_open_fd: when that fails it closes the descriptor, even one it was told to leave open (1.2.0), and closing it
    // again closes whatever another thread has opened since.
    [LibraryImport(Library, EntryPoint = "sf_open", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint Open(string path, int mode, SndFileInfo* info);

    [LibraryImport(Library, EntryPoint = "sf_strerror")]
    internal static partial byte* GetError(nint file);

    [LibraryImport(Library, EntryPoint = "sf_error")]
    internal static partial int GetErrorCode(SndFileHandle file);

    [LibraryImport(Library, EntryPoint = "sf_readf_float")]
    internal static partial long ReadFrames(SndFileHandle file, float* frames, long count);

    [LibraryImport(Library, EntryPoint = "sf_close")]
    internal static partial int Close(nint file);
}
