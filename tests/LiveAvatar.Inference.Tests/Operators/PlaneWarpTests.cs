using System.Runtime.Intrinsics.X86;
using LiveAvatar.Inference.Runtime.Operators;

namespace LiveAvatar.Inference.Tests.Operators;

public sealed class PlaneWarpTests
{
    private const int Width = 64;

    [Fact]
    public void PlacesOfThemselves_GiveThePictureBack()
    {
        var picture = Picture(Width, seed: 3);
        var output = new byte[Width * Width];
        PlaneWarp.Run(Places(Width, (x, y) => (x, y)), Width, Pack(picture, Width), Width, output, Width);
        for (var y = 0; y < Width - 1; y++)
        {
            Assert.Equal(picture[(y * Width)..((y * Width) + Width - 1)], output[(y * Width)..((y * Width) + Width - 1)]);
        }
    }

    [Fact]
    public void PlaceBetweenFourPixels_IsTheirMean()
    {
        byte[] picture = [10, 20, 30, 40, 50, 60, 70, 80, 90];
        var output = new byte[1];
        PlaneWarp.Run([0.5f, 0.5f], 1, Pack(picture, 3), 3, output, 1);
        Assert.Equal(30, output[0]);
        PlaneWarp.Run([1.25f, 0.5f], 1, Pack(picture, 3), 3, output, 1);
        Assert.Equal(38, output[0]); // 37.5, to even
    }

    [Fact]
    public void CoarsePlaces_AreEnlargedAsResizeDoes()
    {
        // A table whose pixel is its column; places 0, 4 in the two cells of a row: centres at 1.5 and 5.5 of eight pixels.
        var picture = new byte[64 * 64];
        for (var i = 0; i < picture.Length; i++)
        {
            picture[i] = (byte)(4 * (i % 64));
        }

        var output = new byte[64];
        PlaneWarp.Run([0, 4, 0, 4, 0, 0, 0, 0], 2, Pack(picture, 64), 64, output, 8);
        Assert.Equal([0, 0, 2, 6, 10, 14, 16, 16], output[..8]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void VectorForm_IsTheScalarForm(int seed)
    {
        Assert.SkipUnless(Avx2.IsSupported, "this processor has no AVX2, so the scalar form is what runs");
        var random = new Random(seed);
        var table = Pack(Picture(Width, seed), Width);
        var places = new float[2 * 16 * 16];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = (float)((random.NextDouble() * (Width + 4)) - 2); // some outside
        }

        places[5] = float.NaN;
        places[6] = float.PositiveInfinity;
        places[7] = float.NegativeInfinity;
        var scalar = new byte[64 * 64];
        var vector = new byte[64 * 64];
        PlaneWarp.Run(places, 16, table, Width, scalar, 64, vectors: false);
        PlaneWarp.Run(places, 16, table, Width, vector, 64, vectors: true);
        for (var i = 0; i < scalar.Length; i++)
        {
            Assert.InRange(vector[i], scalar[i] - 1, scalar[i] + 1); // a fused multiplication rounds once, not twice
        }
    }

    [Theory]
    [InlineData(0, 64, 64)]
    [InlineData(16, 60, 64)]
    [InlineData(16, 64, 63)]
    [InlineData(16, 4096, 64)]
    public void SizesThatDoNotFit_AreRefused(int cells, int size, int width)
    {
        var places = new float[2 * 16 * 16];
        var table = new float[64 * 64];
        Assert.Throws<ArgumentException>(() => PlaneWarp.Run(places, cells, table, width, new byte[size * size], size));
    }

    private static byte[] Picture(int width, int seed)
    {
        var picture = new byte[width * width];
        new Random(seed).NextBytes(picture);
        return picture;
    }

    private static float[] Places(int cells, Func<int, int, (float X, float Y)> place)
    {
        var places = new float[2 * cells * cells];
        for (var i = 0; i < cells * cells; i++)
        {
            (places[i], places[(cells * cells) + i]) = place(i % cells, i / cells);
        }

        return places;
    }

    // sampling.py, packed.
    private static float[] Pack(byte[] picture, int width) =>
        [.. picture.Select((value, i) => value + (256f * picture[Math.Min(i + width, i >= picture.Length - width ? i : picture.Length - 1)]))];
}
