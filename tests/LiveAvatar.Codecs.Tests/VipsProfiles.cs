using System.Runtime.InteropServices;
using LiveAvatar.Codecs.Native;

namespace LiveAvatar.Codecs.Tests;

/// <summary>Makes a PNG whose numbers mean another colour space, with libvips' own Display P3 profile inside.</summary>
internal static unsafe partial class VipsProfiles
{
    private const int Lab = 13;

    /// <summary>Returns the file and the Display P3 numbers in it.</summary>
    public static (byte[] File, byte[] Numbers) EncodeDisplayP3(RgbImage srgb)
    {
        lock (VipsImage.Lock)
        {
            var rgb = new byte[srgb.Planes.Length];
            srgb.CopyInterleaved(rgb);
            using var image = VipsImage.FromRgb(rgb, srgb.Width, srgb.Height);
            nint lab, tagged;
            fixed (byte* name = "output_profile\0"u8, profile = "p3\0"u8, suffix = ".png\0"u8)
            {
                Assert.Equal(0, LibVips.ToColourSpace(image.DangerousGetHandle(), &lab, Lab, 0));
                Assert.Equal(0, Export(lab, &tagged, name, profile, 0));
                byte* data;
                nuint length;
                Assert.Equal(0, LibVips.Save(tagged, suffix, &data, &length, 0));
                var file = new ReadOnlySpan<byte>(data, (int)length).ToArray();
                LibVips.Free(data);
                var pixels = LibVips.WriteToMemory(tagged, &length);
                var numbers = new ReadOnlySpan<byte>(pixels, (int)length).ToArray();
                LibVips.Free(pixels);
                LibVips.Unref(tagged);
                LibVips.Unref(lab);
                return (file, numbers);
            }
        }
    }

    [LibraryImport("libvips.so.42", EntryPoint = "vips_icc_export")]
    private static partial int Export(nint image, nint* result, byte* name, byte* profile, nint end);
}
