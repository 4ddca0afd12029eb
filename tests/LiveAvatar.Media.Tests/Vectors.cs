using System.Runtime.CompilerServices;

namespace LiveAvatar.Media.Tests;

/// <summary>The packets of tests/vectors/rtp: name.hex holds the bytes, with comments that read them field by field.</summary>
public static class Vectors
{
    /// <summary>The bytes of one vector.</summary>
    public static byte[] Read(string name) => Parse(File.ReadAllText(Path.Combine(Folder(), name + ".hex")));

    /// <summary>Every vector, by file name.</summary>
    public static IReadOnlyList<(string Name, byte[] Bytes)> All()
    {
        var all = Directory.GetFiles(Folder(), "*.hex").Order(StringComparer.Ordinal)
            .Select(path => (Path.GetFileName(path), Parse(File.ReadAllText(path)))).ToList();
        Assert.NotEmpty(all);
        return all;
    }

    /// <summary>Bytes written as hex; blanks are ignored, and all from '#' to the end of the line is comment.</summary>
    public static byte[] Parse(string text) => Convert.FromHexString(string.Concat(
        text.Split('\n').Select(line => line.Split('#')[0]).SelectMany(line => line.Where(c => !char.IsWhiteSpace(c)))));

    private static string Folder([CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "vectors", "rtp");
}
