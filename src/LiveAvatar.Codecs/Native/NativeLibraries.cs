using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;

namespace LiveAvatar.Codecs.Native;

/// <summary>Finds the native libraries by their sonames and says which Debian package is missing when one is not there.</summary>
/// <remarks>
/// A soname is a promise about struct layouts, so only names whose headers were compared are listed. The unversioned
/// <c>libX.so</c> of a -dev package is never tried: it can be any version.
/// </remarks>
internal static class NativeLibraries
{
    internal const string OpusName = "opus";
    internal const string VpxName = "vpx";
    internal const string OpenH264Name = "openh264";
    internal const string YuvName = "yuv";
    internal const string SndFileName = "sndfile";
    internal const string VipsName = "vips";
    internal const string GObjectName = "gobject";
    internal const string GLibName = "glib";

    internal static readonly NativeLibraryInfo Opus = new(OpusName, "Opus audio", "libopus0", "libopus.so.0");

    // 7: Debian 12, 9: Debian 13 and Ubuntu 24.04; 8, 11 and 12 were compared from the headers of 1.13, 1.15.2 and 1.16.
    internal static readonly NativeLibraryInfo Vpx = new(
        VpxName, "VP8 video", "libvpx7", "libvpx.so.7", "libvpx.so.9", "libvpx.so.8", "libvpx.so.11", "libvpx.so.12");

    internal static readonly NativeLibraryInfo OpenH264 = new(
        OpenH264Name, "H.264 video", "libopenh264-7", "libopenh264.so.7", "libopenh264.so.8");

    internal static readonly NativeLibraryInfo Yuv = new(YuvName, "Colour conversion", "libyuv0", "libyuv.so.0");
    internal static readonly NativeLibraryInfo SndFile = new(SndFileName, "Reading audio files", "libsndfile1", "libsndfile.so.1");
    internal static readonly NativeLibraryInfo Vips = new(VipsName, "Reading portraits", "libvips42", "libvips.so.42");
    internal static readonly NativeLibraryInfo GObject = new(GObjectName, "Reading portraits", "libglib2.0-0", "libgobject-2.0.so.0");
    internal static readonly NativeLibraryInfo GLib = new(GLibName, "Reading portraits", "libglib2.0-0", "libglib-2.0.so.0");

    private static readonly NativeLibraryInfo[] All = [Opus, Vpx, OpenH264, Yuv, SndFile, Vips, GObject, GLib];
    private static readonly ConcurrentDictionary<string, LoadedLibrary> Loaded = new();

    static NativeLibraries() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);

    /// <summary>Runs the static constructor, once, before the first P/Invoke of a wrapper.</summary>
    internal static void Install()
    {
    }

    /// <summary>Opens a library, or throws <see cref="NativeCodecException"/> naming the package.</summary>
    internal static LoadedLibrary Load(NativeLibraryInfo library) =>
        Loaded.GetOrAdd(library.Name, static (_, wanted) => Open(wanted), library);

    private static LoadedLibrary Open(NativeLibraryInfo library)
    {
        foreach (var soname in library.Sonames)
        {
            if (NativeLibrary.TryLoad(soname, out var handle))
            {
                return new LoadedLibrary(handle, soname);
            }
        }

        throw new NativeCodecException(
            $"{library.Purpose} needs the native library {string.Join(" or ", library.Sonames)}, which is not installed. " +
            $"On Debian 12: apt-get install {library.Package}");
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        var library = Array.Find(All, known => known.Name == name);
        return library is null ? 0 : Load(library).Handle;
    }
}
