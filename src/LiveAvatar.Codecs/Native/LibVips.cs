using System.Runtime.InteropServices;

namespace LiveAvatar.Codecs.Native;

/// <summary>libvips 8.12 and later (soname 42), and the two GLib calls that free what it returns.</summary>
/// <remarks>
/// libvips operations are variadic: name and value pairs closed by a null name. Only integers and pointers are passed
/// here, which Linux x64 and AArch64 pass like declared arguments; a double would not be.
/// </remarks>
internal static unsafe partial class LibVips
{
    internal const int FormatUChar = 0;
    internal const int InterpretationSrgb = 22;
    internal const int SizeBoth = 0;
    internal const int SizeForce = 3;
    internal const int CropNone = 0;
    internal const int CropCentre = 1;
    internal const int FailOnTruncated = 1;
    internal const int IntentRelative = 1;
    internal const int LogLevelWarning = 1 << 4;

    private const string Library = NativeLibraries.VipsName;

    static LibVips() => NativeLibraries.Install();

    [LibraryImport(Library, EntryPoint = "vips_init", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Init(string name);

    [LibraryImport(Library, EntryPoint = "vips_version")]
    internal static partial int GetVersion(int part);

    [LibraryImport(Library, EntryPoint = "vips_concurrency_set")]
    internal static partial void SetConcurrency(int threads);

    [LibraryImport(Library, EntryPoint = "vips_cache_set_max")]
    internal static partial void SetCacheMax(int operations);

    [LibraryImport(Library, EntryPoint = "vips_error_buffer")]
    internal static partial byte* GetErrors();

    [LibraryImport(Library, EntryPoint = "vips_error_clear")]
    internal static partial void ClearErrors();

    [LibraryImport(Library, EntryPoint = "vips_image_new_from_buffer")]
    internal static partial nint OpenBuffer(byte* data, nuint length, byte* options, byte* failName, nint fail, nint end);

    [LibraryImport(Library, EntryPoint = "vips_image_get_width")]
    internal static partial int GetWidth(nint image);

    [LibraryImport(Library, EntryPoint = "vips_image_get_height")]
    internal static partial int GetHeight(nint image);

    [LibraryImport(Library, EntryPoint = "vips_image_get_bands")]
    internal static partial int GetBands(nint image);

    [LibraryImport(Library, EntryPoint = "vips_image_hasalpha")]
    internal static partial int HasAlpha(nint image);

    [LibraryImport(Library, EntryPoint = "vips_image_get_orientation_swap")]
    internal static partial int SwapsSides(nint image);

    [LibraryImport(Library, EntryPoint = "vips_thumbnail_image")]
    internal static partial int Thumbnail(
        nint image, nint* result, int width,
        byte* heightName, nint height, byte* sizeName, nint size, byte* cropName, nint crop, nint end);

    [LibraryImport(Library, EntryPoint = "vips_image_get_typeof")]
    internal static partial nuint GetFieldType(nint image, byte* name);

    [LibraryImport(Library, EntryPoint = "vips_icc_transform")]
    internal static partial int TransformProfile(
        nint image, nint* result, byte* profile, byte* embeddedName, nint embedded, byte* intentName, nint intent, nint end);

    [LibraryImport(Library, EntryPoint = "vips_flatten")]
    internal static partial int Flatten(nint image, nint* result, byte* backgroundName, nint background, nint end);

    [LibraryImport(Library, EntryPoint = "vips_colourspace")]
    internal static partial int ToColourSpace(nint image, nint* result, int space, nint end);

    [LibraryImport(Library, EntryPoint = "vips_cast")]
    internal static partial int Cast(nint image, nint* result, int format, nint end);

    [LibraryImport(Library, EntryPoint = "vips_copy")]
    internal static partial int CopyAs(nint image, nint* result, byte* interpretationName, nint interpretation, nint end);

    [LibraryImport(Library, EntryPoint = "vips_image_write_to_memory")]
    internal static partial byte* WriteToMemory(nint image, nuint* length);

    [LibraryImport(Library, EntryPoint = "vips_image_new_from_memory_copy")]
    internal static partial nint FromMemory(byte* data, nuint length, int width, int height, int bands, int format);

    [LibraryImport(Library, EntryPoint = "vips_image_write_to_buffer")]
    internal static partial int Save(nint image, byte* suffix, byte** data, nuint* length, nint end);

    [LibraryImport(Library, EntryPoint = "vips_array_double_new")]
    internal static partial nint NewDoubles(double* values, int count);

    [LibraryImport(Library, EntryPoint = "vips_area_unref")]
    internal static partial void FreeDoubles(nint array);

    [LibraryImport(NativeLibraries.GObjectName, EntryPoint = "g_object_unref")]
    internal static partial void Unref(nint image);

    [LibraryImport(NativeLibraries.GLibName, EntryPoint = "g_log_set_handler")]
    internal static partial uint SetLogHandler(byte* domain, int levels, delegate* unmanaged<byte*, int, byte*, void*, void> handler, void* user);

    [LibraryImport(NativeLibraries.GLibName, EntryPoint = "g_free")]
    internal static partial void Free(void* memory);
}
