using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LiveAvatar.Codecs.Native;

/// <summary>Owns one reference to a <c>VipsImage</c>. Images are lazy: pixels are decoded by <see cref="ToBytes"/>.</summary>
/// <remarks>
/// libvips keeps one error text for the process, so every use runs under <see cref="Lock"/>. What it refuses is a
/// <see cref="CodecException"/> with that text.
/// </remarks>
internal sealed unsafe class VipsImage : SafeHandleZeroOrMinusOneIsInvalid
{
    // Lazy, not a static initializer, so that a missing library is not hidden in a TypeInitializationException.
    private static readonly Lazy<Lock> Started = new(Start);

    private VipsImage(nint image) : base(ownsHandle: true) => SetHandle(image);

    /// <summary>Guards the library's error text; portraits are loaded too rarely for it to be waited for.</summary>
    internal static Lock Lock => Started.Value;

    internal int Width => LibVips.GetWidth(handle);

    internal int Height => LibVips.GetHeight(handle);

    internal int Bands => LibVips.GetBands(handle);

    internal bool HasAlpha => LibVips.HasAlpha(handle) != 0;

    /// <summary>Whether EXIF says that the picture lies on its side.</summary>
    internal bool SwapsSides => LibVips.SwapsSides(handle) != 0;

    /// <summary>Reads the header of a file in memory, which must stay where it is as long as the image lives.</summary>
    internal static VipsImage Open(byte* data, int length)
    {
        fixed (byte* none = "\0"u8, failName = "fail_on\0"u8)
        {
            var image = LibVips.OpenBuffer(data, (nuint)length, none, failName, LibVips.FailOnTruncated, 0);
            return image != 0 ? new VipsImage(image) : throw Failure();
        }
    }

    /// <summary>Turns the picture upright by EXIF and resizes it.</summary>
    internal VipsImage Resize(int width, int height, bool stretch)
    {
        fixed (byte* heightName = "height\0"u8, sizeName = "size\0"u8, cropName = "crop\0"u8)
        {
            nint result;
            var code = LibVips.Thumbnail(
                handle, &result, width,
                heightName, height,
                sizeName, stretch ? LibVips.SizeForce : LibVips.SizeBoth,
                cropName, stretch ? LibVips.CropNone : LibVips.CropCentre, 0);
            return Wrap(code, result);
        }
    }

    internal static VipsImage FromRgb(ReadOnlySpan<byte> interleaved, int width, int height)
    {
        fixed (byte* pixels = interleaved, name = "interpretation\0"u8)
        {
            var raw = LibVips.FromMemory(pixels, (nuint)interleaved.Length, width, height, 3, LibVips.FormatUChar);
            using var image = raw != 0 ? new VipsImage(raw) : throw Failure();
            nint result;
            var code = LibVips.CopyAs(image.handle, &result, name, LibVips.InterpretationSrgb, 0);
            return Wrap(code, result);
        }
    }

    /// <summary>Converts from the colour profile in the file to sRGB; null when there is none, or none that fits the picture.</summary>
    internal VipsImage? TryApplyProfile()
    {
        fixed (byte* field = "icc-profile-data\0"u8, profile = "srgb\0"u8, embeddedName = "embedded\0"u8, intentName = "intent\0"u8)
        {
            if (LibVips.GetFieldType(handle, field) == 0)
            {
                return null;
            }

            nint result;
            var code = LibVips.TransformProfile(handle, &result, profile, embeddedName, 1, intentName, LibVips.IntentRelative, 0);
            if (code == 0)
            {
                return new VipsImage(result);
            }

            LibVips.ClearErrors();
            return null;
        }
    }

    internal VipsImage Flatten(double red, double green, double blue)
    {
        var values = stackalloc double[] { red, green, blue };
        var background = LibVips.NewDoubles(values, Bands > 3 ? 3 : 1);
        fixed (byte* name = "background\0"u8)
        {
            nint result;
            var code = LibVips.Flatten(handle, &result, name, background, 0);
            LibVips.FreeDoubles(background);
            return Wrap(code, result);
        }
    }

    internal VipsImage ToSrgbBytes()
    {
        nint result;
        using var coloured = Wrap(LibVips.ToColourSpace(handle, &result, LibVips.InterpretationSrgb, 0), result);
        return Wrap(LibVips.Cast(coloured.handle, &result, LibVips.FormatUChar, 0), result);
    }

    /// <summary>Decodes everything: bands interleaved, row by row.</summary>
    internal byte[] ToBytes()
    {
        nuint length;
        var memory = LibVips.WriteToMemory(handle, &length);
        return memory != null ? Take(memory, length) : throw Failure();
    }

    /// <summary>Writes a file in memory, of the format that the suffix names.</summary>
    internal byte[] Save(ReadOnlySpan<byte> suffixWithNull)
    {
        fixed (byte* suffix = suffixWithNull)
        {
            byte* memory;
            nuint length;
            return LibVips.Save(handle, suffix, &memory, &length, 0) == 0 ? Take(memory, length) : throw Failure();
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        LibVips.Unref(handle);
        return true;
    }

    private static Lock Start()
    {
        if (LibVips.Init("liveavatar") != 0)
        {
            throw new NativeCodecException($"libvips does not start: {ErrorText()}");
        }

        // One portrait at a time: no pool of threads, and nothing kept, above all no reference to a caller's memory.
        LibVips.SetConcurrency(1);
        LibVips.SetCacheMax(0);

        // Warnings are about strangers' files and would fill the server's standard error.
        fixed (byte* domain = "VIPS\0"u8)
        {
            _ = LibVips.SetLogHandler(domain, LibVips.LogLevelWarning, &Ignore, null);
        }

        return new Lock();
    }

    [UnmanagedCallersOnly]
    private static void Ignore(byte* domain, int level, byte* message, void* user)
    {
    }

    private static VipsImage Wrap(int code, nint image) => code == 0 ? new VipsImage(image) : throw Failure();

    private static byte[] Take(byte* memory, nuint length)
    {
        var bytes = new ReadOnlySpan<byte>(memory, checked((int)length)).ToArray();
        LibVips.Free(memory);
        return bytes;
    }

    private static CodecException Failure() => new(ErrorText());

    private static string ErrorText()
    {
        var text = Marshal.PtrToStringUTF8((nint)LibVips.GetErrors())?.Trim().ReplaceLineEndings("; ");
        LibVips.ClearErrors();
        return string.IsNullOrEmpty(text) ? "libvips gave no reason" : text;
    }
}
