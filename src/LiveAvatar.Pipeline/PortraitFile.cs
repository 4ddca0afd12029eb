using LiveAvatar.Codecs;

namespace LiveAvatar.Pipeline;

/// <summary>Reads the portraits of a pack for the engine, which decodes no pictures itself.</summary>
public static class PortraitFile
{
    /// <summary>Reads a portrait as RGB planes 0…1, 3 × height × width numbers.</summary>
    /// <exception cref="ImageFileException">The file is no picture, or one of another size: the maps made of it would show the face in the wrong place.</exception>
    public static float[] Read(string path, int width, int height)
    {
        var image = ImageFile.Load(path);
        if ((image.Width, image.Height) != (width, height))
        {
            throw new ImageFileException($"it has {image.Width} x {image.Height} pixels");
        }

        return Planes(image);
    }

    /// <summary>Reads somebody's picture as a portrait: turned upright, cut to the portrait's proportions and brought to its size.</summary>
    /// <exception cref="ImageFileException">It is no picture, damaged, smaller than half the portrait's size, or over a limit.</exception>
    public static float[] Read(ReadOnlySpan<byte> file, int width, int height)
    {
        var own = ImageFile.Decode(file);
        if (own.Width < width / 2 || own.Height < height / 2)
        {
            throw new ImageFileException($"The picture has {own.Width} x {own.Height} pixels; at least {width / 2} x {height / 2} are needed, and {width} x {height} are best.");
        }

        return Planes(ImageFile.Decode(file, new ImageFileOptions { Width = width, Height = height }));
    }

    private static float[] Planes(RgbImage image)
    {
        var planes = new float[3 * image.Width * image.Height];
        image.CopyPlanes(planes);
        return planes;
    }
}
