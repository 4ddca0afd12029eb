using System.Text.Json;

namespace LiveAvatar.StageBench;

/// <summary>How results are written.</summary>
internal static class JsonOptions
{
    internal static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };
}
