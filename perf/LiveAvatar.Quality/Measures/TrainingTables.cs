using System.Globalization;
using System.Text.Json;
using LiveAvatar.Quality.Report;

namespace LiveAvatar.Quality.Measures;

/// <summary>What only training can measure (ablations, the look-ahead sweep), as it published it beside the pack.</summary>
internal sealed class TrainingTables
{
    private const string LookAheadColumn = "lookAheadMs";

    private readonly List<(string Title, IReadOnlyList<IReadOnlyDictionary<string, JsonElement>> Rows)> _tables = [];

    /// <summary>Tables of ablation.json: arrays of flat objects, by name.</summary>
    internal IReadOnlyList<(string Title, IReadOnlyList<IReadOnlyDictionary<string, JsonElement>> Rows)> Tables => _tables;

    /// <summary>Numbers of scores.json and pack.json, as training measured them.</summary>
    internal IReadOnlyDictionary<string, double> Scores { get; private init; } = new Dictionary<string, double>();

    internal static TrainingTables Read(string packFolder)
    {
        var scores = Json(Path.Combine(packFolder, "scores.json"));
        var tables = new TrainingTables { Scores = scores is { } root ? Numbers(root) : new Dictionary<string, double>() };
        foreach (var file in (string[])["ablation.json", "scores.json"])
        {
            if (Json(Path.Combine(packFolder, file)) is { } json)
            {
                tables.Collect(json, Path.GetFileNameWithoutExtension(file));
            }
        }

        return tables;
    }

    /// <summary>The target on look-ahead, from whichever table has rows with lookAheadMs.</summary>
    internal IEnumerable<Finding> LookAhead()
    {
        var findings = new Findings("Look-ahead");
        const string Name = "score at 40 ms of look-ahead as a share of that at 80 ms";
        foreach (var (title, rows) in _tables)
        {
            var byTime = rows.Where(row => row.ContainsKey(LookAheadColumn)).DistinctBy(row => row[LookAheadColumn].GetDouble()).ToDictionary(row => row[LookAheadColumn].GetDouble());
            foreach (var column in rows[0].Keys.Where(key => key is "visemeAccuracy" or "closureRecall" or "score"))
            {
                if (byTime.TryGetValue(40, out var forty) && byTime.TryGetValue(80, out var eighty) && forty.ContainsKey(column) && eighty.ContainsKey(column))
                {
                    findings.Add($"{Name}: {column}", forty[column].GetDouble() / eighty[column].GetDouble(), title, Target.AtLeast(0.95), note: "measured in training");
                }
            }
        }

        if (findings.All.Count == 0)
        {
            findings.Miss(Name, "training published no sweep (rows with lookAheadMs in scores.json or ablation.json)", Target.AtLeast(0.95));
        }

        return findings.All;
    }

    // An array of rows is a table; so is an object of them, their names the first column.
    private void Collect(JsonElement json, string title)
    {
        if (json.ValueKind == JsonValueKind.Array && json.GetArrayLength() > 0 && json.EnumerateArray().All(IsRow))
        {
            _tables.Add((title, [.. json.EnumerateArray().Select(row => Cells(row).ToDictionary())]));
        }
        else if (json.ValueKind == JsonValueKind.Object && json.EnumerateObject().Count(row => IsRow(row.Value)) > 1)
        {
            _tables.Add((title, [.. json.EnumerateObject().Where(row => IsRow(row.Value)).Select(row => Cells(row.Value).Prepend(Name(row.Name)).ToDictionary())]));
        }
        else if (json.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in json.EnumerateObject())
            {
                Collect(property.Value, $"{title}: {property.Name}");
            }
        }
    }

    // Numbers and texts, and perhaps objects of them.
    private static bool IsRow(JsonElement row) => row.ValueKind == JsonValueKind.Object && row.EnumerateObject().Any(cell => IsScalar(cell.Value))
        && row.EnumerateObject().All(cell => IsScalar(cell.Value) || (cell.Value.ValueKind == JsonValueKind.Object && cell.Value.EnumerateObject().All(part => IsScalar(part.Value))));

    private static bool IsScalar(JsonElement cell) => cell.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array);

    private static IEnumerable<KeyValuePair<string, JsonElement>> Cells(JsonElement row) => row.EnumerateObject().SelectMany(cell => IsScalar(cell.Value)
        ? [KeyValuePair.Create(cell.Name, cell.Value)]
        : cell.Value.EnumerateObject().Select(part => KeyValuePair.Create($"{cell.Name} {part.Name}", part.Value)));

    private static KeyValuePair<string, JsonElement> Name(string name) => name is "0" or "40" or "80"
        ? KeyValuePair.Create(LookAheadColumn, JsonSerializer.SerializeToElement(int.Parse(name, CultureInfo.InvariantCulture)))
        : KeyValuePair.Create("variant", JsonSerializer.SerializeToElement(name));

    private static JsonElement? Json(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.Clone();
    }

    private static Dictionary<string, double> Numbers(JsonElement root) => root.ValueKind != JsonValueKind.Object ? [] : root.EnumerateObject()
        .Where(property => property.Value.ValueKind == JsonValueKind.Number).ToDictionary(property => property.Name, property => property.Value.GetDouble());
}
