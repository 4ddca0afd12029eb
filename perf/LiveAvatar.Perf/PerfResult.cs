using System.Text.Json;
using LiveAvatar.CallKit;
using LiveAvatar.Results;

namespace LiveAvatar.Perf;

/// <summary>Everything a run found; the JSON file is this record. All times in ms.</summary>
/// <typeparam name="TSettings">What was asked for.</typeparam>
/// <typeparam name="TNumbers">What was found.</typeparam>
internal sealed record PerfResult<TSettings, TNumbers>(
    int Format,
    DateTimeOffset Date,
    string Commit,
    Machine Machine,
    string Pack,
    string Provider,
    TSettings Settings,
    TNumbers Results)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a file for people, not for a web page
    };

    /// <summary>Puts numbers together with where they come from.</summary>
    /// <param name="machine">As it was before the run.</param>
    /// <param name="serverLog">The server's start-up lines.</param>
    /// <param name="settings">What was asked for.</param>
    /// <param name="results">What was found.</param>
    public static PerfResult<TSettings, TNumbers> Of(Machine machine, string serverLog, TSettings settings, TNumbers results)
    {
        var (pack, provider) = ServerIdentity.Read(serverLog);
        return new PerfResult<TSettings, TNumbers>(1, TimeProvider.System.GetUtcNow(), Checkout.DescribeCommit(), machine, pack, provider, settings, results);
    }

    /// <summary>Writes the file; says where.</summary>
    /// <param name="path">Where to; null is perf/results/NAME-COMMIT.local.json.</param>
    /// <param name="name">What was measured.</param>
    public string Write(string? path, string name)
    {
        path ??= Checkout.At("perf", "results", $"{name}-{Commit.TrimEnd('+')}.local.json");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, JsonSerializer.Serialize(this, Json) + "\n");
        return Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
    }
}
