namespace LiveAvatar.Server.Api;

/// <summary>Media types of portrait files.</summary>
internal static class PortraitType
{
    /// <summary>The type by the file's name; packs hold PNG, WebP and JPEG.</summary>
    public static string Of(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".png" => "image/png",
        ".webp" => "image/webp",
        _ => "image/jpeg",
    };
}
