namespace LiveAvatar.Codecs.Tests;

/// <summary>A seeded film for encoders: a fixed textured background and a textured disc, head-sized, that sways and nods.</summary>
internal sealed class MovingPicture
{
    private readonly byte[] _background;
    private readonly byte[] _head;
    private readonly I420Layout _layout;

    public MovingPicture(int width, int height, int seed = 1)
    {
        _layout = new I420Layout(width, height);
        _background = Texture(width, height, seed, cell: 24, strength: 70);
        _head = Texture(width, height, seed + 1, cell: 12, strength: 60);
    }

    public I420Layout Layout => _layout;

    public byte[] NewBuffer() => new byte[_layout.Length];

    public void Draw(int frame, Span<byte> i420)
    {
        var (width, height) = (_layout.Width, _layout.Height);
        var shiftX = (int)Math.Round(width * 0.06 * Math.Sin(frame * 0.09));
        var shiftY = (int)Math.Round(height * 0.03 * Math.Sin(frame * 0.17));
        var (centreX, centreY, radius) = ((width / 2) + shiftX, (height / 2) + shiftY, Math.Min(width, height) * 0.28);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                i420[(y * width) + x] = Inside(x, y, centreX, centreY, radius)
                    ? _head[(Wrap(y - shiftY, height) * width) + Wrap(x - shiftX, width)]
                    : _background[(y * width) + x];
            }
        }

        for (var y = 0; y < _layout.ChromaHeight; y++)
        {
            for (var x = 0; x < _layout.ChromaWidth; x++)
            {
                var inside = Inside(2 * x, 2 * y, centreX, centreY, radius);
                var at = (y * _layout.ChromaWidth) + x;
                i420[_layout.UOffset + at] = (byte)(inside ? 110 : 136 - (x * 16 / _layout.ChromaWidth));
                i420[_layout.VOffset + at] = (byte)(inside ? 150 : 120 + (y * 12 / _layout.ChromaHeight));
            }
        }
    }

    private static bool Inside(int x, int y, int centreX, int centreY, double radius) =>
        ((x - centreX) * (x - centreX)) + ((y - centreY) * (y - centreY)) < radius * radius;

    private static int Wrap(int value, int length) => ((value % length) + length) % length;

    // Value noise: random heights on a grid, cosine between them, and a finer octave at a third of the strength.
    private static byte[] Texture(int width, int height, int seed, int cell, double strength)
    {
        var coarse = Noise(width, height, seed, cell);
        var fine = Noise(width, height, seed + 100, cell / 3);
        var texture = new byte[width * height];
        for (var index = 0; index < texture.Length; index++)
        {
            texture[index] = (byte)Math.Clamp(126 + (strength * (coarse[index] + (fine[index] / 3))), 16, 235);
        }

        return texture;
    }

    private static double[] Noise(int width, int height, int seed, int cell)
    {
        var random = new Random(seed);
        var (columns, rows) = ((width / cell) + 2, (height / cell) + 2);
        var grid = new double[columns * rows];
        for (var index = 0; index < grid.Length; index++)
        {
            grid[index] = (random.NextDouble() * 2) - 1;
        }

        var noise = new double[width * height];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (column, row) = (x / cell, y / cell);
                var (u, v) = (Smooth((x % cell) / (double)cell), Smooth((y % cell) / (double)cell));
                var top = Mix(grid[(row * columns) + column], grid[(row * columns) + column + 1], u);
                var bottom = Mix(grid[((row + 1) * columns) + column], grid[((row + 1) * columns) + column + 1], u);
                noise[(y * width) + x] = Mix(top, bottom, v);
            }
        }

        return noise;
    }

    private static double Smooth(double t) => (1 - Math.Cos(Math.PI * t)) / 2;

    private static double Mix(double a, double b, double t) => a + ((b - a) * t);
}
