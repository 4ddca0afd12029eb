namespace LiveAvatar.Codecs;

/// <summary>What is made of a picture, and what is refused.</summary>
public sealed record ImageFileOptions
{
    /// <summary>Wanted columns, 1 to 8192; null together with <see cref="Height"/> for the picture's own size.</summary>
    public int? Width { get; init; }

    /// <summary>Wanted rows, 1 to 8192.</summary>
    public int? Height { get; init; }

    /// <summary>How the picture meets the wanted size.</summary>
    public ImageFit Fit { get; init; } = ImageFit.Cover;

    /// <summary>What shows through transparent pixels: red, green, blue.</summary>
    public (byte Red, byte Green, byte Blue) Background { get; init; } = (255, 255, 255);

    /// <summary>The most pixels a file may decode to. Small files can claim very large pictures.</summary>
    public long MaxPixels { get; init; } = 50_000_000;

    /// <summary>The largest file in bytes.</summary>
    public long MaxLength { get; init; } = 32L << 20;
}
