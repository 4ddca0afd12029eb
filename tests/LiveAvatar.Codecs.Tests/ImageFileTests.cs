namespace LiveAvatar.Codecs.Tests;

public sealed class ImageFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData(".png\0", 100)]
    [InlineData(".jpg[Q=92]\0", 30)]
    [InlineData(".webp[Q=92]\0", 28)]
    public void EachFormat_ComesBack(string suffix, double leastPsnr)
    {
        var picture = Gradient(96, 64);
        var file = ImageFile.Encode(picture, System.Text.Encoding.UTF8.GetBytes(suffix));

        var decoded = ImageFile.Load(_folder.Write("picture", file));

        Assert.Equal((96, 64), (decoded.Width, decoded.Height));
        Assert.True(PictureQuality.Psnr(picture.Planes, decoded.Planes) > leastPsnr);
    }

    [Fact]
    public void Planes_AreRedGreenBlue()
    {
        var picture = RgbImage.FromInterleaved(2, 1, [10, 20, 30, 40, 50, 60]);
        Assert.Equal([10, 40], picture.Red.ToArray());
        Assert.Equal([20, 50], picture.Green.ToArray());
        Assert.Equal([30, 60], picture.Blue.ToArray());
        Assert.Equal([10, 40, 20, 50, 30, 60], ImageFile.Decode(ImageFile.EncodePng(picture)).Planes.ToArray());
        var values = new float[6];
        picture.CopyPlanes(values, 1 / 127.5f, -1);
        Assert.Equal((10 / 127.5f) - 1, values[0], 5);
        var rgb = new byte[6];
        picture.CopyInterleaved(rgb);
        Assert.Equal([10, 20, 30, 40, 50, 60], rgb);
    }

    [Fact]
    public void Cover_CutsTheSidesEqually()
    {
        // Red, green and blue thirds; the middle of a square cut is green, and its edges are cut in red and blue.
        var picture = Thirds(300, 100);
        var square = ImageFile.Decode(ImageFile.EncodePng(picture), new ImageFileOptions { Width = 50, Height = 50 });
        Assert.Equal((50, 50), (square.Width, square.Height));
        AssertNear((0, 255, 0), Pixel(square, 25, 25));
        AssertNear((0, 255, 0), Pixel(square, 2, 25));
        AssertNear((0, 255, 0), Pixel(square, 47, 25));
    }

    [Fact]
    public void Stretch_KeepsEverything()
    {
        var small = ImageFile.Decode(
            ImageFile.EncodePng(Thirds(300, 100)), new ImageFileOptions { Width = 60, Height = 40, Fit = ImageFit.Stretch });
        Assert.Equal((60, 40), (small.Width, small.Height));
        AssertNear((255, 0, 0), Pixel(small, 5, 20));
        AssertNear((0, 255, 0), Pixel(small, 30, 20));
        AssertNear((0, 0, 255), Pixel(small, 55, 20));
    }

    [Fact]
    public void SmallPicture_IsEnlarged()
    {
        var big = ImageFile.Decode(ImageFile.EncodePng(Thirds(30, 30)), new ImageFileOptions { Width = 256, Height = 256 });
        Assert.Equal((256, 256), (big.Width, big.Height));
        AssertNear((0, 255, 0), Pixel(big, 128, 128));
    }

    // EXIF orientation 6: the camera lay on its side; the top row of the stored picture is the right column of the upright one.
    [Fact]
    public void ExifRotation_TurnsThePictureUpright()
    {
        var stored = new byte[3 * 64 * 32];
        stored.AsSpan(0, 64 * 8).Fill(255);
        var jpeg = ImageFile.Encode(new RgbImage(64, 32, stored), ".jpg[Q=95]\0"u8);

        var upright = ImageFile.Decode(WithOrientation(jpeg, 6));

        Assert.Equal((32, 64), (upright.Width, upright.Height));
        Assert.True(upright.Red[(32 * 32) + 29] > 200, "the right side must be red");
        Assert.True(upright.Red[(32 * 32) + 5] < 60, "the left side must be black");
    }

    // Phones save Display P3: the same red has smaller numbers there, and must not look paler here.
    [Fact]
    public void ColourProfile_IsConvertedToSrgb()
    {
        var (file, numbers) = VipsProfiles.EncodeDisplayP3(RgbImage.FromInterleaved(3, 1, [230, 40, 40, 60, 120, 60, 128, 128, 128]));
        Assert.InRange(numbers[0], 190, 215);

        var found = new byte[9];
        ImageFile.Decode(file).CopyInterleaved(found);

        for (var pixel = 0; pixel < 3; pixel++)
        {
            Assert.All(FromDisplayP3(numbers.AsSpan(3 * pixel, 3)).Zip(found.Skip(3 * pixel)), pair => Assert.InRange(pair.Second - pair.First, -3, 3));
        }
    }

    [Fact]
    public void Transparency_ShowsTheBackground()
    {
        // A 1x1 PNG, 8-bit RGBA: 200, 100, 50 at alpha 0.
        var png = PngBuilder.Build(width: 1, height: 1, colourType: 6, [0, 200, 100, 50, 0]);
        Assert.Equal((255, 255, 255), Pixel(ImageFile.Decode(png), 0, 0));
        Assert.Equal((1, 2, 3), Pixel(ImageFile.Decode(png, new ImageFileOptions { Background = (1, 2, 3) }), 0, 0));
    }

    [Fact]
    public void GreyPicture_BecomesThreeEqualPlanes()
    {
        var grey = ImageFile.Decode(PngBuilder.Build(width: 2, height: 1, colourType: 0, [0, 40, 200]));
        Assert.Equal((40, 40, 40), Pixel(grey, 0, 0));
        Assert.Equal((200, 200, 200), Pixel(grey, 1, 0));
    }

    [Fact]
    public void GreyTransparency_ShowsTheBackground()
    {
        var grey = ImageFile.Decode(PngBuilder.Build(width: 1, height: 1, colourType: 4, [0, 40, 0]));
        Assert.Equal((255, 255, 255), Pixel(grey, 0, 0));
    }

    [Fact]
    public void HugeClaim_IsRefusedBeforeDecoding()
    {
        var bomb = PngBuilder.Build(width: 60_000, height: 60_000, colourType: 2, new byte[200]);
        Refused(() => ImageFile.Decode(bomb), "60000x60000");
    }

    [Fact]
    public void MissingFile_IsSaid() => Refused(() => ImageFile.Load(_folder["none.png"]), "does not exist");

    [Fact]
    public void Folder_IsSaid() => Refused(() => ImageFile.Load(Path.GetDirectoryName(_folder["x"])!), "is a folder");

    [Fact]
    public void EmptyFile_IsSaid() => Refused(() => ImageFile.Load(_folder.Write("e.png", [])), "is empty");

    [Fact]
    public void OtherFormat_IsSaid() => Refused(() => ImageFile.Decode("<svg xmlns='http://www.w3.org/2000/svg'/>"u8), "not a JPEG, PNG or WebP");

    [Fact]
    public void TooLargeFile_IsSaid() =>
        Refused(() => ImageFile.Decode(ImageFile.EncodePng(Gradient(64, 64)), new ImageFileOptions { MaxLength = 100 }), "the limit is");

    [Fact]
    public void TruncatedJpeg_IsSaid()
    {
        var jpeg = ImageFile.Encode(Gradient(256, 256), ".jpg\0"u8);
        Refused(() => ImageFile.Decode(jpeg.AsSpan(0, jpeg.Length / 2)), "is damaged");
    }

    [Theory]
    [InlineData(0, 64)]
    [InlineData(64, null)]
    [InlineData(9000, 64)]
    public void SizeOutOfRange_IsRefused(int? width, int? height) =>
        Assert.Throws<ArgumentException>(() => ImageFile.Decode([1], new ImageFileOptions { Width = width, Height = height }));

    [Theory]
    [InlineData(".png\0")]
    [InlineData(".jpg\0")]
    [InlineData(".webp\0")]
    public void DamagedFiles_AreReadOrRefused(string suffix)
    {
        var file = ImageFile.Encode(Gradient(48, 48), System.Text.Encoding.UTF8.GetBytes(suffix));
        var random = new Random(9);
        for (var round = 0; round < 200; round++)
        {
            var damaged = file.ToArray();
            for (var hit = 0; hit < 3; hit++)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            try
            {
                ImageFile.Decode(damaged.AsSpan(0, random.Next(damaged.Length) + 1), new ImageFileOptions { MaxPixels = 1_000_000 });
            }
            catch (ImageFileException)
            {
                // Damage may be refused; any other exception fails the test.
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    private static void Refused(Action load, string reason) =>
        Assert.Contains(reason, Assert.Throws<ImageFileException>(load).Message, StringComparison.Ordinal);

    private static (int Red, int Green, int Blue) Pixel(RgbImage image, int x, int y)
    {
        var at = (y * image.Width) + x;
        return (image.Red[at], image.Green[at], image.Blue[at]);
    }

    // The resampling filter rings by a step or two beside sharp edges.
    private static void AssertNear((int Red, int Green, int Blue) wanted, (int Red, int Green, int Blue) found) => Assert.True(
        Math.Abs(wanted.Red - found.Red) <= 3 && Math.Abs(wanted.Green - found.Green) <= 3 && Math.Abs(wanted.Blue - found.Blue) <= 3,
        $"wanted {wanted}, found {found}");

    // Both spaces have sRGB's transfer curve and a D65 white; the matrix follows from their primaries (SMPTE EG 432-1, IEC 61966-2-1).
    private static double[] FromDisplayP3(ReadOnlySpan<byte> p3)
    {
        var (red, green, blue) = (Linear(p3[0]), Linear(p3[1]), Linear(p3[2]));
        return
        [
            Coded((1.2249 * red) - (0.2247 * green)),
            Coded((-0.0420 * red) + (1.0419 * green)),
            Coded((-0.0197 * red) - (0.0786 * green) + (1.0979 * blue)),
        ];

        static double Linear(byte value) => value <= 10 ? value / 255.0 / 12.92 : Math.Pow(((value / 255.0) + 0.055) / 1.055, 2.4);

        static double Coded(double value) => 255 * (value <= 0.0031308 ? 12.92 * value : (1.055 * Math.Pow(value, 1 / 2.4)) - 0.055);
    }

    private static RgbImage Gradient(int width, int height)
    {
        var rgb = new byte[3 * width * height];
        for (var pixel = 0; pixel < width * height; pixel++)
        {
            var (x, y) = (pixel % width, pixel / width);
            (rgb[3 * pixel], rgb[(3 * pixel) + 1], rgb[(3 * pixel) + 2]) = ((byte)(x * 255 / width), (byte)(y * 255 / height), 90);
        }

        return RgbImage.FromInterleaved(width, height, rgb);
    }

    private static RgbImage Thirds(int width, int height)
    {
        var rgb = new byte[3 * width * height];
        for (var pixel = 0; pixel < width * height; pixel++)
        {
            rgb[(3 * pixel) + (pixel % width * 3 / width)] = 255;
        }

        return RgbImage.FromInterleaved(width, height, rgb);
    }

    // Inserts an APP1 segment with a one-entry TIFF directory: tag 0x0112 (orientation), SHORT, 1 value.
    private static byte[] WithOrientation(byte[] jpeg, byte orientation)
    {
        byte[] exif =
        [
            0xFF, 0xE1, 0x00, 0x22, (byte)'E', (byte)'x', (byte)'i', (byte)'f', 0, 0,
            (byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8,
            0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0,
            0, 0, 0, 0,
        ];
        return [.. jpeg[..2], .. exif, .. jpeg[2..]];
    }
}
