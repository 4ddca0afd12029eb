using LiveAvatar.Codecs;

namespace LiveAvatar.Quality.Metrics;

/// <summary>Compares a picture's brightness with a reference.</summary>
internal static class PictureMetrics
{
    private const int Window = 7; // pixels, box; as models/training/faces/score.py
    private const double C1 = 6.5025, C2 = 58.5225; // (0.01·255)², (0.03·255)² (Wang et al. 2004)

    /// <summary>Peak signal-to-noise ratio in dB; equal pictures count as 99.</summary>
    internal static double Psnr(Luma reference, Luma picture) => Math.Min(99, PictureQuality.Psnr(reference.Pixels, picture.Pixels));

    /// <summary>Mean structural similarity over all windows of 7 × 7 pixels.</summary>
    internal static double Ssim(Luma reference, Luma picture)
    {
        var (width, height) = (reference.Width, reference.Height);
        var (a, b) = (reference.Pixels, picture.Pixels);
        var sums = new long[5][]; // of a, b, a², b², ab up to and left of each pixel
        for (var k = 0; k < 5; k++)
        {
            sums[k] = new long[(width + 1) * (height + 1)];
            for (var y = 0; y < height; y++)
            {
                long row = 0;
                for (var x = 0; x < width; x++)
                {
                    var (p, q) = (a[(y * width) + x], b[(y * width) + x]);
                    row += k switch { 0 => p, 1 => q, 2 => p * p, 3 => q * q, _ => p * q };
                    sums[k][((y + 1) * (width + 1)) + x + 1] = sums[k][(y * (width + 1)) + x + 1] + row;
                }
            }
        }

        double total = 0;
        Span<double> mean = stackalloc double[5];
        for (var y = 0; y + Window <= height; y++)
        {
            for (var x = 0; x + Window <= width; x++)
            {
                for (var k = 0; k < 5; k++)
                {
                    var (top, bottom) = ((y * (width + 1)) + x, ((y + Window) * (width + 1)) + x);
                    mean[k] = (sums[k][bottom + Window] - sums[k][bottom] - sums[k][top + Window] + sums[k][top]) / (double)(Window * Window);
                }

                var (varianceA, varianceB, covariance) = (mean[2] - (mean[0] * mean[0]), mean[3] - (mean[1] * mean[1]), mean[4] - (mean[0] * mean[1]));
                total += ((2 * mean[0] * mean[1]) + C1) * ((2 * covariance) + C2)
                    / (((mean[0] * mean[0]) + (mean[1] * mean[1]) + C1) * (varianceA + varianceB + C2));
            }
        }

        return total / ((width - Window + 1) * (height - Window + 1));
    }

    /// <summary>Mean length of the brightness gradient: how sharp a picture is, to be read against that of a reference.</summary>
    internal static double Sharpness(Luma picture)
    {
        double sum = 0;
        for (var y = 0; y < picture.Height - 1; y++)
        {
            for (var x = 0; x < picture.Width - 1; x++)
            {
                var (dx, dy) = (picture[x + 1, y] - picture[x, y], picture[x, y + 1] - picture[x, y]);
                sum += Math.Sqrt((dx * dx) + (dy * dy));
            }
        }

        return sum / ((picture.Width - 1) * (picture.Height - 1));
    }

    /// <summary>How much steeper the picture is across the border of a box than along lines two pixels inside and outside of it; 1 is no seam.</summary>
    internal static double Seam(Luma picture, Box box)
    {
        double across = 0, beside = 0;
        void Add(Func<int, int> brightness)
        {
            // Steps between offsets −4…3 from the border; step 0 crosses it.
            across += Math.Abs(brightness(0) - brightness(-1));
            beside += (Math.Abs(brightness(-2) - brightness(-3)) + Math.Abs(brightness(-3) - brightness(-4))
                + Math.Abs(brightness(2) - brightness(1)) + Math.Abs(brightness(3) - brightness(2))) / 4.0;
        }

        var (right, bottom) = (box.Left + box.Width, box.Top + box.Height);
        for (var x = Math.Max(0, box.Left); x < Math.Min(picture.Width, right); x++)
        {
            if (box.Top >= 4)
            {
                Add(k => picture[x, box.Top + k]);
            }

            if (bottom <= picture.Height - 4)
            {
                Add(k => picture[x, bottom - 1 - k]);
            }
        }

        for (var y = Math.Max(0, box.Top); y < Math.Min(picture.Height, bottom); y++)
        {
            if (box.Left >= 4)
            {
                Add(k => picture[box.Left + k, y]);
            }

            if (right <= picture.Width - 4)
            {
                Add(k => picture[right - 1 - k, y]);
            }
        }

        return (across + 1) / (beside + 1);
    }
}
