using System.Runtime.InteropServices;

namespace LiveAvatar.Codecs.Native;

/// <summary>libyuv (convert.h, convert_from.h, scale.h). "RAW" is its name for R, G, B in memory order.</summary>
internal static unsafe partial class LibYuv
{
    internal const int FilterBox = 3;

    private const string Library = NativeLibraries.YuvName;

    static LibYuv() => NativeLibraries.Install();

    [LibraryImport(Library)]
    internal static partial int RAWToI420(
        byte* rgb, int strideRgb, byte* y, int strideY, byte* u, int strideU, byte* v, int strideV, int width, int height);

    [LibraryImport(Library)]
    internal static partial int I420ToRAW(
        byte* y, int strideY, byte* u, int strideU, byte* v, int strideV, byte* rgb, int strideRgb, int width, int height);

    [LibraryImport(Library)]
    internal static partial int I420Scale(
        byte* y, int strideY, byte* u, int strideU, byte* v, int strideV, int width, int height,
        byte* toY, int toStrideY, byte* toU, int toStrideU, byte* toV, int toStrideV, int toWidth, int toHeight, int filter);
}
