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

        var planes = new float[3 * width * height];
        image.CopyPlanes(planes);
        return planes;
    }
}
