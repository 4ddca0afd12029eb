namespace LiveAvatar.Codecs;

/// <summary>Where the planes of an unpadded I420 picture lie: Y, then U, then V, the latter at half size rounded up.</summary>
/// <param name="Width">Pixels, at least 1.</param>
/// <param name="Height">Pixels, at least 1.</param>
public readonly record struct I420Layout(int Width, int Height)
{
    /// <summary>Columns of U and V, and their stride in bytes.</summary>
    public int ChromaWidth => (Width + 1) / 2;

    /// <summary>Rows of U and V.</summary>
    public int ChromaHeight => (Height + 1) / 2;

    /// <summary>Where U begins, and the length of Y.</summary>
    public int UOffset => Width * Height;

    /// <summary>Where V begins.</summary>
    public int VOffset => UOffset + (ChromaWidth * ChromaHeight);

    /// <summary>Bytes of the whole picture.</summary>
    public int Length => UOffset + (2 * ChromaWidth * ChromaHeight);

    /// <summary>Throws <see cref="ArgumentException"/> when a buffer is shorter than the picture.</summary>
    internal void Require(ReadOnlySpan<byte> i420, string name)
    {
        if (i420.Length < Length)
        {
            throw new ArgumentException($"A {Width}x{Height} I420 picture needs {Length} bytes, not {i420.Length}.", name);
        }
    }
}
