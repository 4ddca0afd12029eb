using System.Security.Cryptography;

namespace LiveAvatar.Inference.Packs;

/// <summary>Finds the files a manifest names, keeps them inside the pack's folder and compares their hashes.</summary>
internal static class PackFiles
{
    /// <summary>The full path of a file named in <c>pack.json</c>, checked against its hash.</summary>
    /// <param name="root">The pack's folder, links resolved.</param>
    /// <param name="name">The name as <c>pack.json</c> gives it, with forward slashes.</param>
    /// <param name="sha256">The hash it gives.</param>
    /// <param name="maxBytes">Longest file accepted.</param>
    internal static string Verify(string root, string name, string sha256, long maxBytes)
    {
        var path = Resolve(root, name);
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new ModelPackException($"{name} is missing from the pack's folder: copy the pack again.");
        }

        if (file.Length > maxBytes)
        {
            throw ModelPackException.Unfit(name, $"{file.Length} bytes long", $"at most {maxBytes} bytes long", "export the pack again");
        }

        using var stream = file.OpenRead();
        var found = Convert.ToHexStringLower(SHA256.HashData(stream));
        return found == sha256
            ? path
            : throw ModelPackException.Unfit($"{name}: its SHA-256", found, $"{sha256} as pack.json says", "copy the pack again, or write the new hash into pack.json if the file was changed on purpose");
    }

    /// <summary>The folder with every link in its path resolved, the base that all files must stay under.</summary>
    internal static string Root(string folder)
    {
        var directory = new DirectoryInfo(Path.GetFullPath(folder));
        if (!directory.Exists)
        {
            throw new ModelPackException($"'{folder}' does not exist: give the folder of a model pack.");
        }

        return (directory.ResolveLinkTarget(returnFinalTarget: true) ?? directory).FullName;
    }

    private static string Resolve(string root, string name)
    {
        var path = root;
        foreach (var segment in name.Split('/'))
        {
            if (segment is "" or "." or ".." || segment.AsSpan().IndexOfAny('\\', ':', '\0') >= 0)
            {
                throw Escapes(name);
            }

            path = Path.Combine(path, segment);
            FileSystemInfo entry = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
            if (entry.LinkTarget is not null && entry.ResolveLinkTarget(returnFinalTarget: true) is { } target)
            {
                path = target.FullName;
            }

            if (!path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                throw Escapes(name);
            }
        }

        return path;
    }

    private static ModelPackException Escapes(string name) =>
        ModelPackException.Unfit("pack.json: a file name", $"'{name}'", "a relative path that stays inside the pack's folder", "move the file into the folder");
}
