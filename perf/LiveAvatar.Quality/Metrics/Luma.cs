namespace LiveAvatar.Quality.Metrics;

/// <summary>A rectangle of pixels.</summary>
internal readonly record struct Box(int Left, int Top, int Width, int Height);

/// <summary>A plane of brightness, 0…255, row by row.</summary>
internal sealed record Luma(int Width, int Height, byte[] Pixels)
{
    internal byte this[int x, int y] => Pixels[(y * Width) + x];

    /// <summary>The Y plane of an I420 picture.</summary>
    internal static Luma Of(ReadOnlySpan<byte> i420, int width, int height) => new(width, height, i420[..(width * height)].ToArray());

    internal Luma Cut(Box box)
    {
        var pixels = new byte[box.Width * box.Height];
        for (var y = 0; y < box.Height; y++)
        {
            Pixels.AsSpan(((box.Top + y) * Width) + box.Left, box.Width).CopyTo(pixels.AsSpan(y * box.Width));
        }

        return new Luma(box.Width, box.Height, pixels);
    }

    /// <summary>Half the size, each pixel the mean of four.</summary>
    internal Luma Halve()
    {
        var half = new Luma(Width / 2, Height / 2, new byte[Width / 2 * (Height / 2)]);
        for (var y = 0; y < half.Height; y++)
        {
            for (var x = 0; x < half.Width; x++)
            {
                half.Pixels[(y * half.Width) + x] = (byte)((this[2 * x, 2 * y] + this[(2 * x) + 1, 2 * y] + this[2 * x, (2 * y) + 1] + this[(2 * x) + 1, (2 * y) + 1] + 2) / 4);
            }
        }

        return half;
    }
}
