using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LiveAvatar.Codecs.Native;

/// <summary>libsndfile 1.x (sndfile.h).</summary>
internal static unsafe partial class LibSndFile
{
    internal const int Read = 0x10;

    private const string Library = NativeLibraries.SndFileName;

    static LibSndFile() => NativeLibraries.Install();

    [LibraryImport(Library, EntryPoint = "sf_version_string")]
    internal static partial byte* GetVersion();

    [LibraryImport(Library, EntryPoint = "sf_open_fd")]
    internal static partial nint Open(SafeFileHandle file, int mode, SndFileInfo* info, int closeFile);

    [LibraryImport(Library, EntryPoint = "sf_strerror")]
    internal static partial byte* GetError(nint file);

    [LibraryImport(Library, EntryPoint = "sf_error")]
    internal static partial int GetErrorCode(SndFileHandle file);

    [LibraryImport(Library, EntryPoint = "sf_readf_float")]
    internal static partial long ReadFrames(SndFileHandle file, float* frames, long count);

    [LibraryImport(Library, EntryPoint = "sf_close")]
    internal static partial int Close(nint file);
}

/// <summary><c>SF_INFO</c>, 32 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SndFileInfo
{
    internal long Frames;
    internal int SampleRate;
    internal int Channels;
    internal int Format;
    internal int Sections;
    internal int Seekable;
}

/// <summary>Owns one <c>SNDFILE</c>, not the file under it.</summary>
internal sealed unsafe class SndFileHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private SndFileHandle(nint file) : base(ownsHandle: true) => SetHandle(file);

    /// <summary>Recognises the file's format, or gives libsndfile's reason why not.</summary>
    internal static SndFileHandle? TryOpen(SafeFileHandle file, out SndFileInfo info, out string? reason)
    {
        info = default;
        fixed (SndFileInfo* pointer = &info)
        {
            var opened = LibSndFile.Open(file, LibSndFile.Read, pointer, 0);
            reason = opened == 0 ? Marshal.PtrToStringUTF8((nint)LibSndFile.GetError(0)) : null;
            return opened == 0 ? null : new SndFileHandle(opened);
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => LibSndFile.Close(handle) == 0;
}
