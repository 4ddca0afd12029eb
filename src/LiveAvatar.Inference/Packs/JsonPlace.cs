using System.Text.Json;
using System.Text.RegularExpressions;

namespace LiveAvatar.Inference.Packs;

/// <summary>One value of <c>pack.json</c> together with the path that leads to it, so that every complaint names its place.</summary>
internal readonly struct JsonPlace(JsonElement element, string path)
{
    internal const string FileName = "pack.json";
    private const string Advice = "correct pack.json or export the pack again";

    internal JsonPlace this[string key] => Require(JsonValueKind.Object, "an object").element.TryGetProperty(key, out var child)
        ? new JsonPlace(child, path.Length == 0 ? key : $"{path}.{key}")
        : throw new ModelPackException($"{FileName}: {(path.Length == 0 ? key : $"{path}.{key}")} is missing: add it or export the pack again.");

    private readonly JsonElement element = element;

    internal int Whole(int least, int most)
    {
        var wanted = least == most ? $"{least}" : $"a whole number from {least} to {most}";
        return Is(JsonValueKind.Number) && element.TryGetInt32(out var value) && value >= least && value <= most
            ? value
            : throw Unfit(wanted);
    }

    internal string Text(int longest, string? pattern = null, string wanted = "text")
    {
        var value = Is(JsonValueKind.String) ? element.GetString()! : throw Unfit(wanted);
        return value.Length > 0 && value.Length <= longest && (pattern is null || Regex.IsMatch(value, pattern, RegexOptions.CultureInvariant))
            ? value
            : throw Unfit($"{wanted} of 1 to {longest} characters");
    }

    /// <summary>A value that may be left out.</summary>
    internal JsonPlace? Optional(string key) => Require(JsonValueKind.Object, "an object").element.TryGetProperty(key, out _) ? this[key] : null;

    internal string Sha256() => Text(64, "^[0-9a-f]{64}$", "a SHA-256 in lower-case hexadecimal");

    /// <summary>The items of an array, whose number must lie in the given range.</summary>
    internal List<JsonPlace> Items(int least, int most)
    {
        Require(JsonValueKind.Array, "an array");
        var items = new List<JsonPlace>();
        foreach (var item in element.EnumerateArray())
        {
            items.Add(new JsonPlace(item, $"{path}[{items.Count}]"));
        }

        return items.Count >= least && items.Count <= most
            ? items
            : throw ModelPackException.Unfit($"{FileName}: {path}", $"{items.Count} items long", least == most ? $"{least} items long" : $"{least} to {most} items long", Advice);
    }

    /// <summary>The numbers of an object that may be left out.</summary>
    internal Dictionary<string, float> OptionalNumbers(string key)
    {
        var numbers = new Dictionary<string, float>(StringComparer.Ordinal);
        if (!Require(JsonValueKind.Object, "an object").element.TryGetProperty(key, out var child))
        {
            return numbers;
        }

        new JsonPlace(child, $"{path}.{key}").Require(JsonValueKind.Object, "an object");
        foreach (var property in child.EnumerateObject())
        {
            var place = new JsonPlace(property.Value, $"{path}.{key}.{property.Name}");
            numbers[property.Name] = place.Is(JsonValueKind.Number) && property.Value.TryGetSingle(out var number) && float.IsFinite(number)
                ? number
                : throw place.Unfit("a finite number");
        }

        return numbers;
    }

    internal ModelPackException Unfit(string wanted) =>
        ModelPackException.Unfit($"{FileName}: {(path.Length == 0 ? "the document" : path)}", Short(), wanted, Advice);

    private JsonPlace Require(JsonValueKind kind, string wanted) => Is(kind) ? this : throw Unfit(wanted);

    private bool Is(JsonValueKind kind) => element.ValueKind == kind;

    private string Short()
    {
        var text = element.GetRawText().ReplaceLineEndings(" ");
        return text.Length <= 60 ? text : $"{text.AsSpan(0, 57)}...";
    }
}
