using System.Text.Json;

namespace LiveAvatar.Quality.Report;

/// <summary>Everything a run found; the JSON file is this record.</summary>
/// <param name="Format">Version of this layout.</param>
/// <param name="Date">When it ran.</param>
/// <param name="Commit">What was checked out.</param>
/// <param name="Machine">Where it ran: processor and load.</param>
/// <param name="Pack">Name and version.</param>
/// <param name="Precision">Numbers that the graphs of a call calculate with here.</param>
/// <param name="Smoke">True for a run that only shows that the command works.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="TestSets">Name and source of each held-out recording.</param>
/// <param name="Findings">The numbers.</param>
public sealed record QualityResult(
    int Format, DateTimeOffset Date, string Commit, string Machine, string Pack, string Precision, bool Smoke, double Seconds,
    IReadOnlyDictionary<string, string> TestSets, IReadOnlyList<Finding> Findings)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a file for people, not for a web page
    };

    /// <summary>Targets met.</summary>
    public int Passed => Findings.Count(finding => finding.Passed == true);

    /// <summary>Targets missed.</summary>
    public int Missed => Findings.Count(finding => finding.Passed == false);

    /// <summary>Targets without a number.</summary>
    public int NotMeasured => Findings.Count(finding => finding.Target is not null && finding.Value is null);

    /// <summary>Writes the JSON file.</summary>
    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, Json) + "\n");
}
