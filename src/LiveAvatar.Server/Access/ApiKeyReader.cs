using System.Text.Json;
using LiveAvatar.Server.Configuration;

namespace LiveAvatar.Server.Access;

/// <summary>Reads keys from JSON: [{"name": "studio", "key": "…", "roles": ["drive", "watch"]}]. No message repeats a key.</summary>
internal static class ApiKeyReader
{
    private const int MaxNameLength = 64;
    private static readonly string[] Members = ["name", "key", "roles"];
    private static readonly AccessRole[] AllRoles = [AccessRole.Drive, AccessRole.Watch, AccessRole.Control, AccessRole.Admin];

    /// <summary>The roles' names, as they are written.</summary>
    public static string RoleNames { get; } = string.Join(", ", AllRoles.Select(Name));

    /// <summary>Reads a file with a list of keys.</summary>
    /// <exception cref="OptionException">The file or a key in it cannot be used.</exception>
    public static IReadOnlyList<ApiKey> File(string path)
    {
        var full = OptionText.ExistingFile(path);
        try
        {
            using var document = JsonDocument.Parse(System.IO.File.ReadAllBytes(full), OptionLoader.Json);
            return List(document.RootElement);
        }
        catch (OptionException e)
        {
            throw new OptionException($"'{full}': {e.Message}");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new OptionException($"'{full}' cannot be read: {e.Message.TrimEnd('.')}");
        }
    }

    /// <summary>Reads a list of keys.</summary>
    /// <exception cref="OptionException">It is none, or a key in it cannot be used.</exception>
    public static IReadOnlyList<ApiKey> List(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array)
        {
            throw new OptionException("""keys are a list: [{"name": "studio", "key": "...", "roles": ["drive"]}]""");
        }

        var keys = new List<ApiKey>();
        foreach (var element in list.EnumerateArray())
        {
            var place = $"key {keys.Count + 1}";
            var key = One(element, place);
            if (keys.Exists(other => other.Name == key.Name || other.SameAs(key)))
            {
                throw new OptionException($"{place}: name and key must differ from those of the other keys");
            }

            keys.Add(key);
        }

        // An empty list would read as "access off", which nobody means who wrote a list.
        return keys.Count > 0 ? keys : throw new OptionException("there is no key in the list");
    }

    /// <summary>Reads the names of roles.</summary>
    /// <exception cref="OptionException">A name is none, or there is none.</exception>
    public static AccessRole Roles(IEnumerable<string> names)
    {
        var roles = AccessRole.None;
        foreach (var name in names)
        {
            var role = Array.Find(AllRoles, role => Name(role) == name); // None where there is no such name
            roles |= role != AccessRole.None ? role : throw new OptionException($"'{name}' is not a role. There are: {RoleNames}");
        }

        return roles != AccessRole.None ? roles : throw new OptionException($"roles are one or more of {RoleNames}");
    }

    /// <summary>The names of roles, as they are written.</summary>
    public static IEnumerable<string> Names(AccessRole roles) => AllRoles.Where(role => roles.HasFlag(role)).Select(Name);

    private static string Name(AccessRole role) => role.ToString().ToLowerInvariant();

    private static ApiKey One(JsonElement element, string place)
    {
        if (element.ValueKind != JsonValueKind.Object || element.EnumerateObject().Any(member => !Members.Contains(member.Name)))
        {
            throw new OptionException($"{place}: is an object with {string.Join(", ", Members)} and nothing else");
        }

        var name = Text(element, "name", place);
        if (name.Length is 0 or > MaxNameLength || name.Any(char.IsControl))
        {
            throw new OptionException($"{place}: \"name\" has 1 to {MaxNameLength} characters");
        }

        var key = Text(element, "key", place);
        if (key.Length < ApiKey.LeastLength || !key.All(IsTokenCharacter))
        {
            throw new OptionException($"{place} (\"{name}\"): \"key\" has at least {ApiKey.LeastLength} characters of A-Z a-z 0-9 - . _ ~ + / =. 'liveavatar key NAME' makes one");
        }

        if (!element.TryGetProperty("roles", out var roles) || roles.ValueKind != JsonValueKind.Array)
        {
            throw new OptionException($"{place} (\"{name}\"): \"roles\" is a list of {RoleNames}");
        }

        try
        {
            return new ApiKey(name, key, Roles(roles.EnumerateArray().Select(role => role.ToString())));
        }
        catch (OptionException e)
        {
            throw new OptionException($"{place} (\"{name}\"): {e.Message}");
        }
    }

    private static string Text(JsonElement element, string member, string place) =>
        element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new OptionException($"{place}: \"{member}\" is missing or no text");

    // RFC 6750 section 2.1: what may follow "Bearer".
    private static bool IsTokenCharacter(char c) => char.IsAsciiLetterOrDigit(c) || "-._~+/=".Contains(c, StringComparison.Ordinal);
}
