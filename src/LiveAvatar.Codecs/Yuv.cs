using LiveAvatar.Codecs.Native;

namespace LiveAvatar.Codecs;

/// <summary>Colour conversion and scaling by libyuv, the library browsers show the result with.</summary>
/// <remarks>YUV is BT.601, limited range (16 to 235 and 240), planes unpadded; RGB is interleaved R, G, B. Allocates nothing.</remarks>
public static unsafe class Yuv
{
    /// <summary>Converts a picture for an encoder.</summary>
    /// <param name="rgb">Width × height × 3 bytes.</param>
    /// <param name="i420">At least <see cref="I420Layout.Length"/> bytes.</param>
    /// <param name="width">Pixels, at least 1.</param>
    /// <param name="height">Pixels, at least 1.</param>
    public static void RgbToI420(ReadOnlySpan<byte> rgb, Span<byte> i420, int width, int height)
    {
        var layout = Check(rgb, i420, width, height);
        fixed (byte* pixels = rgb)
        fixed (byte* y = i420)
        {
            var code = LibYuv.RAWToI420(
                pixels, width * 3, y, width, y + layout.UOffset, layout.ChromaWidth, y + layout.VOffset, layout.ChromaWidth, width, height);
            Check(code);
        }
    }

    /// <summary>Converts a decoded picture for looking at; chroma is repeated, not interpolated.</summary>
    /// <param name="i420">At least <see cref="I420Layout.Length"/> bytes.</param>
    /// <param name="rgb">Width × height × 3 bytes.</param>
    /// <param name="width">Pixels, at least 1.</param>
    /// <param name="height">Pixels, at least 1.</param>
    public static void I420ToRgb(ReadOnlySpan<byte> i420, Span<byte> rgb, int width, int height)
    {
        var layout = Check(rgb, i420, width, height);
        fixed (byte* y = i420)
        fixed (byte* pixels = rgb)
        {
            var code = LibYuv.I420ToRAW(
                y, width, y + layout.UOffset, layout.ChromaWidth, y + layout.VOffset, layout.ChromaWidth, pixels, width * 3, width, height);
            Check(code);
        }
    }

    /// <summary>Scales a picture with a box filter, so that shrinking does not alias.</summary>
    /// <param name="source">A picture of <paramref name="from"/>.</param>
    /// <param name="from">The source's size.</param>
    /// <param name="target">Room for a picture of <paramref name="to"/>.</param>
    /// <param name="to">The wanted size.</param>
    public static void Scale(ReadOnlySpan<byte> source, I420Layout from, Span<byte> target, I420Layout to)
    {
        from.Require(source, nameof(source));
        to.Require(target, nameof(target));
        fixed (byte* y = source)
        fixed (byte* toY = target)
        {
            var code = LibYuv.I420Scale(
                y, from.Width, y + from.UOffset, from.ChromaWidth, y + from.VOffset, from.ChromaWidth, from.Width, from.Height,
                toY, to.Width, toY + to.UOffset, to.ChromaWidth, toY + to.VOffset, to.ChromaWidth, to.Width, to.Height, LibYuv.FilterBox);
            Check(code);
        }
    }

    private static I420Layout Check(ReadOnlySpan<byte> rgb, ReadOnlySpan<byte> i420, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        var layout = new I420Layout(width, height);
        layout.Require(i420, nameof(i420));
        if (rgb.Length < width * height * 3)
        {
            throw new ArgumentException($"A {width}x{height} RGB picture needs {width * height * 3} bytes, not {rgb.Length}.", nameof(rgb));
        }

        return layout;
    }

    private static void Check(int code)
    {
        if (code != 0)
        {
            throw new CodecException($"libyuv refused a conversion ({code})");
        }
    }
}
