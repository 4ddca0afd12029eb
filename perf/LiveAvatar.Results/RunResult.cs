using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using LiveAvatar.CallKit;

namespace LiveAvatar.Results;

/// <summary>Everything a run found; the JSON file is this record, whatever was measured.</summary>
public sealed record RunResult
{
    /// <summary>The form of the file; 1 had other members for each command.</summary>
    public const int CurrentFormat = 2;

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a file for people, not for a web page
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>The form of the file.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>The command: "call", "capacity", "network", …</summary>
    public required string Kind { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>What was checked out; "+" when files differed from it.</summary>
    public required string Commit { get; init; }

    /// <summary>Where it ran.</summary>
    public required Machine Machine { get; init; }

    /// <summary>The model pack and its version.</summary>
    public required string Pack { get; init; }

    /// <summary>What runs the models.</summary>
    public required string Provider { get; init; }

    /// <summary>What was asked for, by option.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>What was found.</summary>
    public required IReadOnlyList<Metric> Metrics { get; init; }

    /// <summary>Where the time of a frame goes, where the command can tell.</summary>
    public IReadOnlyList<WaterfallStep> Waterfall { get; init; } = [];

    /// <summary>What was followed over time or load.</summary>
    public IReadOnlyList<Series> Series { get; init; } = [];

    /// <summary>Reads a file.</summary>
    /// <exception cref="ResultFileException">It cannot be read, is not a result, or is of another format; the message says which.</exception>
    public static RunResult Read(string path)
    {
        try
        {
            using var file = JsonDocument.Parse(File.ReadAllBytes(path));
            var format = file.RootElement.ValueKind == JsonValueKind.Object && file.RootElement.TryGetProperty("format", out var value)
                && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : 0;
            if (format != CurrentFormat)
            {
                throw new ResultFileException(format == 0
                    ? $"{path} is not a result of ./liveavatar perf: it has no \"format\"."
                    : $"{path} has format {format}; this version reads {CurrentFormat}. Measure again, or use the version that wrote it.");
            }

            var result = file.RootElement.Deserialize<RunResult>(Json)!;
            return ResultCheck.FindFault(result) is not { } fault ? result : throw new ResultFileException($"{path} is not a whole result of ./liveavatar perf: {fault}.");
        }
        catch (JsonException e)
        {
            throw new ResultFileException($"{path} is not a result of ./liveavatar perf: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
        {
            throw new ResultFileException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Writes the file; says where.</summary>
    /// <param name="path">Where to; null is perf/results/KIND-COMMIT.local.json.</param>
    public string Write(string? path)
    {
        path ??= Checkout.At("perf", "results", $"{Kind}-{Commit.TrimEnd('+')}.local.json");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, JsonSerializer.Serialize(this, Json) + "\n");
        return Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
    }
}
