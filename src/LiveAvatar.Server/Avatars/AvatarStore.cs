using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using LiveAvatar.Codecs;
using LiveAvatar.Inference;
using LiveAvatar.Pipeline;
using LiveAvatar.Server.Configuration;
using LiveAvatar.Server.Hosting;

namespace LiveAvatar.Server.Avatars;

/// <summary>What is said of an avatar besides its name.</summary>
/// <param name="DisplayName">Its name for people.</param>
/// <param name="Description">How it looks; may be empty.</param>
internal sealed record AvatarDetails(string DisplayName, string Description);

/// <summary>An avatar cannot be added or taken away.</summary>
/// <param name="message">Why.</param>
/// <param name="isTaken">There is one of this name.</param>
internal sealed class AvatarStoreException(string message, bool isTaken = false) : Exception(message)
{
    /// <summary>There is one of this name.</summary>
    public bool IsTaken { get; } = isTaken;
}

/// <summary>Avatars that were uploaded: a folder each, named like the avatar, with the portrait as it came and a few words about it.</summary>
internal sealed partial class AvatarStore(ServerOptions options, ILogger<AvatarStore> logger)
{
    /// <summary>The largest portrait.</summary>
    public const int MaxPortraitBytes = 8 << 20;

    private const int MaxAvatars = 100; // each takes memory for its maps
    private const string Portrait = "portrait";
    private const string Details = "avatar.json";
    private static readonly TimeSpan FullRetry = TimeSpan.FromHours(1);

    private readonly Lock _gate = new(); // guards the folder: one change at a time

    private string Folder => options.Avatars ?? Path.Combine(UserFolder.Data, "avatars");

    /// <summary>Whether an avatar may be called so; a path never is.</summary>
    public static bool IsName(string name) => Name().IsMatch(name);

    /// <summary>Adds what was uploaded before. What no longer fits is left out, with a line in the log.</summary>
    public void Load(InferenceEngine engine)
    {
        if (!engine.Pack.Manifest.AcceptsPortraits || !Directory.Exists(Folder))
        {
            return;
        }

        foreach (var folder in Directory.GetDirectories(Folder).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(folder);
            try
            {
                var details = JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(folder, Details)), AvatarJson.Default.AvatarDetails)!;
                if (!IsName(name) || !engine.TryAddAvatar(Info(folder, details), Read(engine, File.ReadAllBytes(PortraitIn(folder)))))
                {
                    Log.AvatarLeftOut(logger, folder, "there is another avatar of this name, or it is no name");
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or ImageFileException or ModelStepException)
            {
                Log.AvatarLeftOut(logger, folder, e.Message);
            }
        }
    }

    /// <summary>Makes an avatar of a portrait and keeps it.</summary>
    /// <exception cref="AvatarStoreException">The pack takes none, the name is taken, or it cannot be kept.</exception>
    /// <exception cref="CapacityException">There are as many as may be.</exception>
    /// <exception cref="ImageFileException">The portrait is no picture, too small or too large.</exception>
    /// <exception cref="ModelStepException">Nothing finite came of it.</exception>
    public AvatarInfo Add(InferenceEngine engine, string name, AvatarDetails details, ReadOnlySpan<byte> portrait)
    {
        if (!engine.Pack.Manifest.AcceptsPortraits)
        {
            var pack = engine.Pack.Manifest;
            throw new AvatarStoreException($"The pack {pack.Name} {pack.Version} draws the people it was trained on and no others. docs/model-pack.md says what a pack needs for that.");
        }

        var planes = Read(engine, portrait);
        lock (_gate)
        {
            if (engine.Avatars.Any(avatar => avatar.Name == name))
            {
                throw new AvatarStoreException($"There is an avatar '{name}' already.", isTaken: true);
            }

            if (engine.Avatars.Count - engine.Pack.Manifest.Avatars.Count >= MaxAvatars)
            {
                throw new CapacityException($"{MaxAvatars} avatars were uploaded already. Delete one first.", FullRetry);
            }

            var info = Keep(name, details, portrait);
            try
            {
                return engine.TryAddAvatar(info, planes) ? info : throw new AvatarStoreException($"There is an avatar '{name}' already.", isTaken: true);
            }
            catch
            {
                Directory.Delete(Path.Combine(Folder, name), recursive: true);
                throw;
            }
        }
    }

    /// <summary>Takes an avatar away; calls that show it go on.</summary>
    /// <exception cref="AvatarStoreException">It is the pack's own, or its folder cannot be deleted.</exception>
    public void Remove(InferenceEngine engine, string name)
    {
        lock (_gate)
        {
            if (!engine.TryRemoveAvatar(name))
            {
                throw new AvatarStoreException($"'{name}' is the pack's own; only avatars that were uploaded can be deleted.");
            }

            try
            {
                Directory.Delete(Path.Combine(Folder, name), recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new AvatarStoreException($"The avatar is gone until the next start: its folder cannot be deleted ({e.Message}).");
            }
        }
    }

    private static float[] Read(InferenceEngine engine, ReadOnlySpan<byte> portrait)
    {
        var video = engine.Pack.Manifest.Video;
        return portrait.Length <= MaxPortraitBytes
            ? PortraitFile.Read(portrait, video.Width, video.Height)
            : throw new ImageFileException($"The portrait has {portrait.Length} bytes; at most {MaxPortraitBytes} are taken.");
    }

    private static AvatarInfo Info(string folder, AvatarDetails details) => new(Path.GetFileName(folder), details.DisplayName, details.Description, PortraitIn(folder));

    private static string PortraitIn(string folder) =>
        Directory.GetFiles(folder, Portrait + ".*").FirstOrDefault() ?? throw new FileNotFoundException("the portrait is missing");

    private AvatarInfo Keep(string name, AvatarDetails details, ReadOnlySpan<byte> portrait)
    {
        var folder = Path.Combine(Folder, name);
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(Path.Combine(folder, Portrait + Suffix(portrait)), portrait);
            File.WriteAllBytes(Path.Combine(folder, Details), JsonSerializer.SerializeToUtf8Bytes(details, AvatarJson.Default.AvatarDetails));
            return Info(folder, details);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AvatarStoreException($"The avatar cannot be kept in the folder for avatars (--avatars): {e.Message}");
        }
    }

    // It was decoded before, so it is one of the three.
    private static string Suffix(ReadOnlySpan<byte> picture) => picture[0] switch
    {
        0x89 => ".png",
        0xFF => ".jpg",
        _ => ".webp",
    };

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,63}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(AvatarDetails))]
internal sealed partial class AvatarJson : JsonSerializerContext;
