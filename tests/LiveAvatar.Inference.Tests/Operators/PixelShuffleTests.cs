using LiveAvatar.Inference.Runtime.Operators;

namespace LiveAvatar.Inference.Tests.Operators;

public sealed class PixelShuffleTests
{
    // ONNX, DepthToSpace: output[c, y b + i, x b + j] = input[(c b + i) b + j, y, x].
    [Theory]
    [InlineData(1, 2, 1, 1)]
    [InlineData(2, 2, 5, 3)]
    [InlineData(1, 4, 88, 104)]
    [InlineData(3, 4, 6, 2)]
    [InlineData(2, 3, 4, 4)]
    [InlineData(32, 2, 32, 36)]
    public void EachNumber_GoesWhereTheStandardSays(int channels, int block, int width, int height)
    {
        var maps = Enumerable.Range(0, channels * block * block * width * height).Select(i => (float)i).ToArray();
        var output = new float[maps.Length];
        foreach (var vectors in (bool[])[false, true])
        {
            PixelShuffle.Run(maps, width, height, block, output, vectors);
            for (var at = 0; at < output.Length; at++)
            {
                var (line, x) = Math.DivRem(at, width * block);
                var (channel, y) = Math.DivRem(line, height * block);
                var from = (((((channel * block) + (y % block)) * block) + (x % block)) * height) + (y / block);
                Assert.Equal(maps[(from * width) + (x / block)], output[at]);
            }
        }
    }

    [Theory]
    [InlineData(0, 4, 4)]
    [InlineData(2, 4, 3)]
    [InlineData(2, 6, 6)]
    public void LengthsThatDoNotFit_AreRefused(int block, int maps, int output) =>
        Assert.Throws<ArgumentException>(() => PixelShuffle.Run(new float[maps], 1, 1, block, new float[output]));
}
