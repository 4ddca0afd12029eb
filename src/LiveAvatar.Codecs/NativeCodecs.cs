using System.Runtime.InteropServices;
using LiveAvatar.Codecs.Native;

namespace LiveAvatar.Codecs;

/// <summary>Checks the native libraries at start-up, so that a missing package is said then and not in the first call.</summary>
public static unsafe class NativeCodecs
{
    private static readonly Func<NativeCodecVersion>[] Checks =
        [CheckOpus, CheckVpx, CheckOpenH264, CheckYuv, CheckSndFile, CheckVips];

    /// <summary>Checks every library.</summary>
    /// <returns>One sentence for each that is missing or unknown, naming the Debian package to install; empty when all is well.</returns>
    public static IReadOnlyList<string> Verify()
    {
        var problems = new List<string>();
        foreach (var check in Checks)
        {
            try
            {
                check();
            }
            catch (Exception exception) when (exception is NativeCodecException or CodecException or EntryPointNotFoundException)
            {
                problems.Add(exception.Message);
            }
        }

        return problems;
    }

    /// <summary>The libraries in use, for the start-up log; throws <see cref="NativeCodecException"/> when one is missing.</summary>
    public static IReadOnlyList<NativeCodecVersion> GetVersions() => [.. Checks.Select(check => check())];

    private static NativeCodecVersion CheckOpus() => Found(NativeLibraries.Opus, Text(LibOpus.GetVersion()));

    // Starting an encoder compares the ABI number, a decoder likewise.
    private static NativeCodecVersion CheckVpx()
    {
        new Vp8Encoder(new VideoEncoderOptions { Width = 16, Height = 16 }).Dispose();
        new Vp8Decoder().Dispose();
        return Found(NativeLibraries.Vpx, Text(LibVpx.GetVersion()));
    }

    private static NativeCodecVersion CheckOpenH264()
    {
        _ = LibOpenH264.LayerStride;
        var version = LibOpenH264.Version;
        return Found(NativeLibraries.OpenH264, $"{version.Major}.{version.Minor}.{version.Revision}");
    }

    // libyuv cannot be asked for its version; a known colour shows that it is the right function.
    private static NativeCodecVersion CheckYuv()
    {
        Span<byte> red = stackalloc byte[2 * 2 * 3];
        Span<byte> i420 = stackalloc byte[6];
        for (var pixel = 0; pixel < 4; pixel++)
        {
            red[3 * pixel] = 255;
        }

        Yuv.RgbToI420(red, i420, 2, 2);
        return Math.Abs(i420[0] - 82) <= 2 && Math.Abs(i420[4] - 90) <= 2 && Math.Abs(i420[5] - 240) <= 2
            ? Found(NativeLibraries.Yuv, "")
            : throw new NativeCodecException(
                $"libyuv turns red into {i420[0]}, {i420[4]}, {i420[5]}, not 82, 90, 240. Reinstall it: apt-get install {NativeLibraries.Yuv.Package}");
    }

    private static NativeCodecVersion CheckSndFile() => Found(NativeLibraries.SndFile, Text(LibSndFile.GetVersion()));

    private static NativeCodecVersion CheckVips()
    {
        _ = VipsImage.Lock;
        return Found(NativeLibraries.Vips, $"{LibVips.GetVersion(0)}.{LibVips.GetVersion(1)}.{LibVips.GetVersion(2)}");
    }

    private static NativeCodecVersion Found(NativeLibraryInfo library, string version) =>
        new(NativeLibraries.Load(library).Soname, version);

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";
}
