namespace LiveAvatar.Server.Hosting;

/// <summary>Finds the default model pack.</summary>
internal static class ModelFolder
{
    private static readonly string Default = Path.Combine("models", "presenter");

    /// <summary>models/presenter beside the program or in a folder above it; without one, where it was expected first.</summary>
    public static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, Default);
            if (File.Exists(Path.Combine(candidate, "pack.json")))
            {
                return candidate;
            }
        }

        return Path.GetFullPath(Default);
    }
}
