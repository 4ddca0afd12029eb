namespace LiveAvatar.Codecs.Tests;

public sealed class YuvTests
{
    // RGB and its BT.601 limited-range YUV, by the formula of ITU-R BT.601-7 section 2.5.
    [Theory]
    [InlineData(0, 0, 0, 16, 128, 128)]
    [InlineData(255, 255, 255, 235, 128, 128)]
    [InlineData(255, 0, 0, 82, 90, 240)]
    [InlineData(0, 255, 0, 145, 54, 34)]
    [InlineData(0, 0, 255, 41, 240, 110)]
    [InlineData(128, 128, 128, 126, 128, 128)]
    public void KnownColours_Convert(byte red, byte green, byte blue, byte y, byte u, byte v)
    {
        var rgb = new byte[4 * 4 * 3];
        for (var pixel = 0; pixel < 16; pixel++)
        {
            (rgb[3 * pixel], rgb[(3 * pixel) + 1], rgb[(3 * pixel) + 2]) = (red, green, blue);
        }

        var layout = new I420Layout(4, 4);
        var i420 = new byte[layout.Length];
        Yuv.RgbToI420(rgb, i420, 4, 4);

        Assert.InRange(i420[0], y - 1, y + 1);
        Assert.InRange(i420[layout.UOffset], u - 2, u + 2);
        Assert.InRange(i420[layout.VOffset], v - 2, v + 2);

        Yuv.I420ToRgb(i420, rgb, 4, 4);
        Assert.InRange(rgb[0], red - 4, red + 4);
        Assert.InRange(rgb[1], green - 4, green + 4);
        Assert.InRange(rgb[2], blue - 4, blue + 4);
    }

    [Theory]
    [InlineData(5, 3)]
    [InlineData(1, 1)]
    [InlineData(64, 48)]
    public void OddSizes_StayInsideTheirBuffers(int width, int height)
    {
        var layout = new I420Layout(width, height);
        Assert.Equal((width * height) + (2 * ((width + 1) / 2) * ((height + 1) / 2)), layout.Length);
        var i420 = new byte[layout.Length + 1];
        i420[^1] = 77;
        Yuv.RgbToI420(new byte[width * height * 3], i420, width, height);
        Assert.Equal(77, i420[^1]);
        Assert.Equal(128, i420[^2]);
        Assert.Throws<ArgumentException>(() => Yuv.RgbToI420(new byte[width * height * 3], new byte[layout.Length - 1], width, height));
        Assert.Throws<ArgumentException>(() => Yuv.I420ToRgb(i420, new byte[(width * height * 3) - 1], width, height));
    }

    [Fact]
    public void Shrinking_KeepsTheMean()
    {
        var film = new MovingPicture(256, 128);
        var picture = film.NewBuffer();
        film.Draw(0, picture);
        var small = new I420Layout(64, 32);
        var target = new byte[small.Length];

        Yuv.Scale(picture, film.Layout, target, small);

        Assert.InRange(Mean(target.AsSpan(0, small.UOffset)) - Mean(picture.AsSpan(0, film.Layout.UOffset)), -1, 1);
        Assert.InRange(Mean(target.AsSpan(small.VOffset)) - Mean(picture.AsSpan(film.Layout.VOffset)), -1, 1);
        var block = Mean([picture[0], picture[1], picture[2], picture[3], picture[256], picture[257], picture[258], picture[259],
            picture[512], picture[513], picture[514], picture[515], picture[768], picture[769], picture[770], picture[771]]);
        Assert.InRange(target[0] - block, -1, 1);
    }

    [Fact]
    public void SteadyState_AllocatesNothing()
    {
        var (from, to) = (new I420Layout(64, 64), new I420Layout(32, 32));
        var (rgb, big, small) = (new byte[64 * 64 * 3], new byte[from.Length], new byte[to.Length]);
        Allocation.AssertNone(() =>
        {
            Yuv.RgbToI420(rgb, big, 64, 64);
            Yuv.I420ToRgb(big, rgb, 64, 64);
            Yuv.Scale(big, from, small, to);
        });
    }

    private static double Mean(ReadOnlySpan<byte> values)
    {
        var sum = 0L;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum / (double)values.Length;
    }
}
