namespace LiveAvatar.Codecs;

/// <summary>A picture as three planes of sRGB bytes.</summary>
public sealed class RgbImage
{
    private readonly byte[] _planes;

    /// <summary>Takes ownership of the planes.</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="planes">Red, green, blue; each width × height bytes, row by row.</param>
    public RgbImage(int width, int height, byte[] planes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentNullException.ThrowIfNull(planes);
        if (planes.Length != 3 * width * height)
        {
            throw new ArgumentException($"A {width}x{height} picture has {3 * width * height} bytes, not {planes.Length}.", nameof(planes));
        }

        (Width, Height, _planes) = (width, height, planes);
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>All three planes, [3, height, width].</summary>
    public ReadOnlySpan<byte> Planes => _planes;

    /// <summary>The first plane.</summary>
    public ReadOnlySpan<byte> Red => Plane(0);

    /// <summary>The second plane.</summary>
    public ReadOnlySpan<byte> Green => Plane(1);

    /// <summary>The third plane.</summary>
    public ReadOnlySpan<byte> Blue => Plane(2);

    /// <summary>Takes a picture whose pixels are R, G, B in memory order.</summary>
    public static RgbImage FromInterleaved(int width, int height, ReadOnlySpan<byte> rgb)
    {
        var planes = new byte[3 * width * height];
        var size = width * height;
        for (var pixel = 0; pixel < size; pixel++)
        {
            planes[pixel] = rgb[3 * pixel];
            planes[size + pixel] = rgb[(3 * pixel) + 1];
            planes[(2 * size) + pixel] = rgb[(3 * pixel) + 2];
        }

        return new RgbImage(width, height, planes);
    }

    /// <summary>Writes the pixels as R, G, B in memory order.</summary>
    /// <param name="rgb">At least 3 × width × height bytes.</param>
    public void CopyInterleaved(Span<byte> rgb)
    {
        var size = Width * Height;
        for (var pixel = 0; pixel < size; pixel++)
        {
            rgb[3 * pixel] = _planes[pixel];
            rgb[(3 * pixel) + 1] = _planes[size + pixel];
            rgb[(3 * pixel) + 2] = _planes[(2 * size) + pixel];
        }
    }

    /// <summary>Writes the planes as a model's input: value × scale + offset.</summary>
    /// <param name="planes">At least 3 × height × width values.</param>
    /// <param name="scale">1/255 for 0 to 1, 1/127.5 for -1 to 1.</param>
    /// <param name="offset">0 for 0 to 1, -1 for -1 to 1.</param>
    public void CopyPlanes(Span<float> planes, float scale = 1f / 255, float offset = 0)
    {
        for (var index = 0; index < _planes.Length; index++)
        {
            planes[index] = (_planes[index] * scale) + offset;
        }
    }

    private ReadOnlySpan<byte> Plane(int index) => _planes.AsSpan(index * Width * Height, Width * Height);
}
