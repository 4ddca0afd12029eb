using LiveAvatar.Quality.Metrics;

namespace LiveAvatar.Quality.Tests;

/// <summary>Pictures whose differences are known.</summary>
public class PictureMetricsTests
{
    [Fact]
    public void Psnr_OfOneStepEverywhereIs48()
    {
        var picture = Texture(64, 64);
        var brighter = picture with { Pixels = [.. picture.Pixels.Select(pixel => (byte)(pixel + 1))] };

        Assert.Equal(48.13, PictureMetrics.Psnr(picture, brighter), 2);
        Assert.Equal(99, PictureMetrics.Psnr(picture, picture));
    }

    [Fact]
    public void Ssim_IsOneForTheSameAndLowForAnotherPicture()
    {
        var picture = Texture(64, 64);

        Assert.Equal(1, PictureMetrics.Ssim(picture, picture), 9);
        Assert.InRange(PictureMetrics.Ssim(picture, Texture(64, 64, seed: 8)), -0.2, 0.3);
    }

    [Fact]
    public void Ssim_OfAConstantShiftIsItsLuminanceTerm()
    {
        var (dark, bright) = (new Luma(16, 16, [.. Enumerable.Repeat((byte)100, 256)]), new Luma(16, 16, [.. Enumerable.Repeat((byte)120, 256)]));

        Assert.Equal(((2 * 100 * 120) + 6.5025) / ((100 * 100) + (120 * 120) + 6.5025), PictureMetrics.Ssim(dark, bright), 9);
    }

    [Fact]
    public void Sharpness_FallsWithBlurAndOfARampIsItsSlope()
    {
        var picture = Texture(64, 64);
        var ramp = new Luma(32, 32, [.. Enumerable.Range(0, 1024).Select(i => (byte)(3 * (i % 32)))]);

        Assert.Equal(3, PictureMetrics.Sharpness(ramp), 9);
        Assert.True(PictureMetrics.Sharpness(Blur(picture)) < 0.8 * PictureMetrics.Sharpness(picture));
    }

    [Fact]
    public void Seam_IsSeenWhereAPartIsPasted()
    {
        var picture = Blur(Blur(Texture(128, 128)));
        var box = new Box(32, 24, 64, 72);
        var pasted = picture with { Pixels = [.. picture.Pixels.Select((pixel, i) => Inside(box, i % 128, i / 128) ? (byte)(pixel + 12) : pixel)] };

        Assert.InRange(PictureMetrics.Seam(picture, box), 0.8, 1.2);
        Assert.True(PictureMetrics.Seam(pasted, box) > 2);
    }

    [Theory]
    [InlineData(4, -6)]
    [InlineData(-8, 2)]
    [InlineData(0, 0)]
    public void Landmarks_FollowAShift(int dx, int dy)
    {
        var rest = Blur(Texture(160, 160));
        var moved = rest with { Pixels = [.. rest.Pixels.Select((_, i) => rest[Math.Clamp((i % 160) - dx, 0, 159), Math.Clamp((i / 160) - dy, 0, 159)])] };
        var tracker = new LandmarkTracker(rest, new Box(20, 20, 120, 120));

        var shifts = tracker.Track(moved);

        Assert.True(tracker.Count > 20);
        Assert.InRange(Statistics.Median(shifts.Where((_, i) => i % 2 == 0)), dx - 0.5, dx + 0.5);
        Assert.InRange(Statistics.Median(shifts.Where((_, i) => i % 2 == 1)), dy - 0.5, dy + 0.5);
    }

    [Fact]
    public void PlainSkin_HasNoLandmarks() => Assert.Equal(0, new LandmarkTracker(new Luma(160, 160, new byte[160 * 160]), new Box(0, 0, 160, 160)).Count);

    private static bool Inside(Box box, int x, int y) => x >= box.Left && x < box.Left + box.Width && y >= box.Top && y < box.Top + box.Height;

    private static Luma Texture(int width, int height, int seed = 7)
    {
        var random = new Random(seed);
        return new Luma(width, height, [.. Enumerable.Range(0, width * height).Select(_ => (byte)random.Next(40, 210))]);
    }

    private static Luma Blur(Luma picture) => picture with
    {
        Pixels = [.. picture.Pixels.Select((_, i) => (byte)Enumerable.Range(0, 25).Average(k =>
            picture[Math.Clamp((i % picture.Width) + (k % 5) - 2, 0, picture.Width - 1), Math.Clamp((i / picture.Width) + (k / 5) - 2, 0, picture.Height - 1)]))],
    };
}
