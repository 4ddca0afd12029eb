using System.Runtime.InteropServices;

namespace LiveAvatar.Codecs.Native;

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
