using System.Runtime.InteropServices;

namespace LiveAvatar.Codecs.Native;

/// <summary>libopenh264 2.3 to 2.6 (codec_api.h, codec_app_def.h). Encoder and decoder are C++ objects called through their vtables.</summary>
internal static unsafe partial class LibOpenH264
{
    internal const int FormatI420 = 23;
    internal const int RealTimeCamera = 0;
    internal const int RateControlBitrate = 1;
    internal const int ProfileBaseline = 66;
    internal const int SingleSlice = 0;
    internal const int LowComplexity = 0;
    internal const int ConstantParameterSetIds = 0;
    internal const int FrameIdr = 1;
    internal const int FrameSkipped = 4;
    internal const int OptionBitrate = 5;
    internal const int OptionTraceLevel = 25;
    internal const int DecoderOptionTraceLevel = 9;
    internal const int AllSpatialLayers = 4;

    private const string Library = NativeLibraries.OpenH264Name;

    // 2.6 (soname 8) appended three floats to SLayerBSInfo.
    private const int LayerStrideBefore26 = 40;
    private const int LayerStride26 = 56;

    // Lazy, not a static initializer, so that a missing library is not hidden in a TypeInitializationException.
    private static readonly Lazy<int> KnownLayerStride = new(CheckVersion);

    static LibOpenH264() => NativeLibraries.Install();

    /// <summary>Bytes from one <see cref="OpenH264Layer"/> to the next in this library.</summary>
    internal static int LayerStride => KnownLayerStride.Value;

    /// <summary>The version loaded, whose layouts this build knows; otherwise throws <see cref="NativeCodecException"/>.</summary>
    internal static OpenH264Version Version
    {
        get
        {
            OpenH264Version version;
            GetVersion(&version);
            return version;
        }
    }

    [LibraryImport(Library, EntryPoint = "WelsGetCodecVersionEx")]
    internal static partial void GetVersion(OpenH264Version* version);

    [LibraryImport(Library, EntryPoint = "WelsCreateSVCEncoder")]
    internal static partial int CreateEncoder(nint** encoder);

    [LibraryImport(Library, EntryPoint = "WelsDestroySVCEncoder")]
    internal static partial void DestroyEncoder(nint* encoder);

    [LibraryImport(Library, EntryPoint = "WelsCreateDecoder")]
    internal static partial nint CreateDecoder(nint** decoder);

    [LibraryImport(Library, EntryPoint = "WelsDestroyDecoder")]
    internal static partial void DestroyDecoder(nint* decoder);

    private static int CheckVersion()
    {
        var soname = NativeLibraries.Load(NativeLibraries.OpenH264).Soname;
        var version = Version;
        return (soname, version.Major, version.Minor) switch
        {
            ("libopenh264.so.7", 2, >= 3 and <= 5) => LayerStrideBefore26,
            ("libopenh264.so.8", 2, 6) => LayerStride26,
            _ => throw new NativeCodecException(
                $"{soname} says it is OpenH264 {version.Major}.{version.Minor}, whose layouts this build does not know. " +
                $"Install a known one, on Debian 12: apt-get install {NativeLibraries.OpenH264.Package}"),
        };
    }
}
