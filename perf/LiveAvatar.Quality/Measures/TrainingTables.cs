using System.Text.Json;
using LiveAvatar.Quality.Report;

namespace LiveAvatar.Quality.Measures;

/// <summary>What only training can measure (ablations, the look-ahead sweep), as it published it beside the pack.</summary>
internal sealed class TrainingTables
{
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
            if (Json(Path.Combine(packFolder, file)) is { ValueKind: JsonValueKind.Object } json)
            {
                tables.Collect(json, "");
            }
        }

        return tables;
    }

    /// <summary>The target on look-ahead, from whichever table has rows with lookAheadMs.</summary>
    internal IEnumerable<Finding> LookAhead()
    {
        var findings = new Findings("Look-ahead");
        const string Name = "score at 40 ms of look-ahead as a share of that at 80 ms";
        foreach (var (title, rows) in _tables.Where(table => table.Rows.All(row => row.ContainsKey("lookAheadMs"))))
        {
            var byTime = rows.DistinctBy(row => row["lookAheadMs"].GetDouble()).ToDictionary(row => row["lookAheadMs"].GetDouble());
            foreach (var column in rows[0].Keys.Where(key => key != "lookAheadMs" && key.Contains("ccuracy", StringComparison.Ordinal) | key.Contains("ecall", StringComparison.Ordinal) | key == "score"))
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

    private void Collect(JsonElement json, string path)
    {
        foreach (var property in json.EnumerateObject())
        {
            var title = path.Length > 0 ? $"{path}: {property.Name}" : property.Name;
            if (property.Value.ValueKind == JsonValueKind.Object)
            {
                Collect(property.Value, title);
            }
            else if (property.Value.ValueKind == JsonValueKind.Array && property.Value.GetArrayLength() > 0 && property.Value.EnumerateArray().All(row => row.ValueKind == JsonValueKind.Object))
            {
                _tables.Add((title, [.. property.Value.EnumerateArray().Select(row => row.EnumerateObject().ToDictionary(cell => cell.Name, cell => cell.Value))]));
            }
        }
    }

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
