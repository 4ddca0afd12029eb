using System.Runtime.Intrinsics.X86;
using LiveAvatar.Inference.Runtime.Operators;

namespace LiveAvatar.Inference.Tests.Operators;

public sealed class FeatureWarpTests
{
    [Fact]
    public void PlaceBetweenFourPixels_IsMixedByItsDistances()
    {
        float[] maps = [0, 10, 20, 30, 40, 50, /* second map */ 1, 1, 1, 3, 3, 3];
        var output = new float[4];
        FeatureWarp.Run(maps, 2, 3, [0.25f, 1, 0.5f, 0], output, vectors: false);
        Assert.Equal([17.5f, 10, 2, 1], output); // (0.25, 0.5) and (1, 0)
    }

    [Fact]
    public void PlaceOutside_IsTheEdge()
    {
        float[] maps = [0, 1, 2, 3, 4, 5, 6, 7, 8];
        var output = new float[6];
        FeatureWarp.Run(maps, 1, 3, [-5, float.NaN, float.NegativeInfinity, 9, float.PositiveInfinity, 1, 0, 0, 0, 0, 0, 50], output, vectors: false);
        float[] expected = [0, 0, 0, 2, 2, 7];
        Assert.All(output.Zip(expected), pair => Assert.InRange(pair.First, pair.Second - 0.004f, pair.Second)); // the edge lies a thousandth inside
    }

    [Theory]
    [InlineData(1, 2, 2, 1)]
    [InlineData(1, 64, 64, 16384)]
    [InlineData(26, 64, 72, 9152)]
    [InlineData(8, 9, 7, 61)]
    [InlineData(17, 5, 3, 8)]
    public void VectorForm_IsTheScalarForm(int channels, int width, int height, int count)
    {
        Assert.SkipUnless(Avx2.IsSupported, "this processor has no AVX2, so the scalar form is what runs");
        var random = new Random(channels);
        var maps = Numbers(random, channels * width * height, 10);
        var places = Numbers(random, 2 * count, Math.Max(width, height) + 2);
        places[0] = float.NaN;
        var (scalar, vector) = (new float[channels * count], new float[channels * count]);
        FeatureWarp.Run(maps, channels, width, places, scalar, vectors: false);
        FeatureWarp.Run(maps, channels, width, places, vector, vectors: true);
        Assert.All(scalar.Zip(vector), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Fact]
    public void SteadyState_AllocatesNothing()
    {
        var (maps, places, output) = (new float[26 * 64 * 72], new float[2 * 9152], new float[26 * 9152]);
        Allocation.AssertNone(() => FeatureWarp.Run(maps, 26, 64, places, output), steps: 10);
    }

    [Theory]
    [InlineData(0, 3, 9, 2, 1)]
    [InlineData(1, 1, 9, 2, 1)]
    [InlineData(1, 3, 8, 2, 1)]
    [InlineData(1, 3, 3, 2, 1)]
    [InlineData(1, 3, 9, 3, 1)]
    [InlineData(1, 3, 9, 2, 2)]
    public void LengthsThatDoNotFit_AreRefused(int channels, int width, int maps, int places, int output) =>
        Assert.Throws<ArgumentException>(() => FeatureWarp.Run(new float[maps], channels, width, new float[places], new float[output]));

    private static float[] Numbers(Random random, int count, float range) => [.. Enumerable.Range(0, count).Select(_ => (float)(range * random.NextDouble()) - 1)];
}
