namespace LiveAvatar.Server.Hosting;

/// <summary>Where the server keeps what it makes itself.</summary>
internal static class UserFolder
{
    /// <summary>Things that can be made again: $XDG_CACHE_HOME/liveavatar, or ~/.cache/liveavatar.</summary>
    public static string Cache { get; } = Under("XDG_CACHE_HOME", Environment.SpecialFolder.UserProfile, ".cache");

    /// <summary>Things worth keeping, such as the development certificate: $XDG_DATA_HOME/liveavatar, or ~/.local/share/liveavatar.</summary>
    public static string Data { get; } = Under("XDG_DATA_HOME", Environment.SpecialFolder.LocalApplicationData, "");

    private static string Under(string variable, Environment.SpecialFolder folder, string below)
    {
        var root = Environment.GetEnvironmentVariable(variable);
        root = string.IsNullOrEmpty(root) ? Path.Combine(Environment.GetFolderPath(folder), below) : root;
        return Path.Combine(root.Length == 0 ? Path.GetTempPath() : root, "liveavatar");
    }
}
