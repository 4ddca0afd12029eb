using LiveAvatar.Codecs.Native;

namespace LiveAvatar.Codecs;

/// <summary>Reads portraits with libvips: JPEG, PNG and WebP, turned upright by EXIF, in sRGB, at the wanted size.</summary>
/// <remarks>Fit for files from strangers: the format is decided by the first bytes, and size limits hold before pixels are decoded.</remarks>
public static unsafe class ImageFile
{
    private const int MaxSide = 8192;

    private static ReadOnlySpan<byte> JpegSignature => [0xFF, 0xD8, 0xFF];

    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Reads a file.</summary>
    /// <exception cref="ImageFileException">The file is missing, unreadable, of another format, damaged or over a limit.</exception>
    /// <exception cref="NativeCodecException">libvips is not installed.</exception>
    public static RgbImage Load(string path, ImageFileOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new ImageFileOptions();
        return Decode(ReadFile(path, options.MaxLength), options, path);
    }

    /// <summary>Decodes a file in memory, such as an upload.</summary>
    /// <param name="file">The file's bytes; anything is allowed.</param>
    /// <param name="options">Size and limits; null for the picture's own size.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="ImageFileException">The bytes are of another format, damaged or over a limit.</exception>
    public static RgbImage Decode(ReadOnlySpan<byte> file, ImageFileOptions? options = null, string name = "The picture")
    {
        options ??= new ImageFileOptions();
        CheckSize(options);
        if (file.IsEmpty)
        {
            throw new ImageFileException($"{name} is empty.");
        }

        if (file.Length > options.MaxLength)
        {
            throw TooLong(name, file.Length, options.MaxLength);
        }

        if (!IsKnownFormat(file))
        {
            throw new ImageFileException($"{name} is not a JPEG, PNG or WebP picture. Convert it to one of these.");
        }

        try
        {
            lock (VipsImage.Lock)
            {
                return DecodeKnown(file, options, name);
            }
        }
        catch (CodecException exception)
        {
            throw new ImageFileException($"{name} is damaged: {exception.Message}", exception);
        }
    }

    /// <summary>Encodes a picture without loss.</summary>
    public static byte[] EncodePng(RgbImage image) => Encode(image, ".png\0"u8);

    /// <summary>Encodes a picture as JPEG of high quality, for looking at.</summary>
    public static byte[] EncodeJpeg(RgbImage image) => Encode(image, ".jpg[Q=88]\0"u8);

    /// <summary>Encodes a picture in the format of a suffix that ends with a null byte.</summary>
    internal static byte[] Encode(RgbImage image, ReadOnlySpan<byte> suffix)
    {
        ArgumentNullException.ThrowIfNull(image);
        var interleaved = new byte[image.Planes.Length];
        image.CopyInterleaved(interleaved);
        lock (VipsImage.Lock)
        {
            using var vips = VipsImage.FromRgb(interleaved, image.Width, image.Height);
            return vips.Save(suffix);
        }
    }

    private static RgbImage DecodeKnown(ReadOnlySpan<byte> file, ImageFileOptions options, string name)
    {
        fixed (byte* data = file)
        {
            using var stored = VipsImage.Open(data, file.Length);
            if ((long)stored.Width * stored.Height > options.MaxPixels)
            {
                throw new ImageFileException(
                    $"{name} has {stored.Width}x{stored.Height} pixels; the limit is {options.MaxPixels / 1e6:F0} million. Make it smaller.");
            }

            var size = stored.SwapsSides ? (Width: stored.Height, Height: stored.Width) : (stored.Width, stored.Height);
            var stretch = options.Fit == ImageFit.Stretch || options.Width is null;
            using var upright = stored.Resize(options.Width ?? size.Width, options.Height ?? size.Height, stretch);
            var (red, green, blue) = options.Background;
            using var profiled = upright.TryApplyProfile();
            var coloured = profiled ?? upright;
            using var opaque = coloured.HasAlpha ? coloured.Flatten(red, green, blue) : null;
            using var srgb = (opaque ?? coloured).ToSrgbBytes();
            return srgb.Bands == 3
                ? RgbImage.FromInterleaved(srgb.Width, srgb.Height, srgb.ToBytes())
                : throw new ImageFileException($"{name} has {srgb.Bands} colour channels, not 3. Convert it to RGB.");
        }
    }

    private static void CheckSize(ImageFileOptions options)
    {
        if (options.Width is null != options.Height is null || options.Width is < 1 or > MaxSide || options.Height is < 1 or > MaxSide)
        {
            throw new ArgumentException($"Width and Height must both be 1 to {MaxSide}, or both be null.", nameof(options));
        }
    }

    private static bool IsKnownFormat(ReadOnlySpan<byte> file) =>
        file.StartsWith(JpegSignature)
        || file.StartsWith(PngSignature)
        || (file.Length > 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8));

    private static byte[] ReadFile(string path, long maxLength)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw new ImageFileException($"{path} is a folder, not a picture.");
            }

            using var file = File.OpenHandle(path);
            var length = RandomAccess.GetLength(file);
            if (length > maxLength)
            {
                throw TooLong(path, length, maxLength);
            }

            var bytes = new byte[length];
            var read = RandomAccess.Read(file, bytes, 0);
            return read == length ? bytes : throw new ImageFileException($"{path} changed while it was read. Try again.");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ImageFileException($"{path} does not exist.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ImageFileException($"{path} cannot be opened: {exception.Message}", exception);
        }
    }

    private static ImageFileException TooLong(string name, long length, long maxLength) => new(
        $"{name} has {length / 1048576.0:F1} MiB; the limit is {maxLength / 1048576.0:F1} MiB. Make it smaller.");
}
