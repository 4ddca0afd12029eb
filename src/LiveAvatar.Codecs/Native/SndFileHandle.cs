using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LiveAvatar.Codecs.Native;

/// <summary>Owns one <c>SNDFILE</c> and the file under it.</summary>
internal sealed unsafe class SndFileHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private SndFileHandle(nint file) : base(ownsHandle: true) => SetHandle(file);

    /// <summary>Recognises the file's format, or gives libsndfile's reason why not.</summary>
    internal static SndFileHandle? TryOpen(string path, out SndFileInfo info, out string? reason)
    {
        info = default;
        fixed (SndFileInfo* pointer = &info)
        {
            var opened = LibSndFile.Open(Path.GetFullPath(path), LibSndFile.Read, pointer);
            reason = opened == 0 ? Marshal.PtrToStringUTF8((nint)LibSndFile.GetError(0)) : null;
            return opened == 0 ? null : new SndFileHandle(opened);
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => LibSndFile.Close(handle) == 0;
}
