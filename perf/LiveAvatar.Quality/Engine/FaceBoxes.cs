using System.Text.Json;
using LiveAvatar.Quality.Metrics;

namespace LiveAvatar.Quality.Engine;

/// <summary>Where the face lies in the picture, and where the moving part is pasted on the still; from faces/region.json of the vectors.</summary>
/// <param name="Face">Rectangle in which pictures are compared.</param>
/// <param name="Paste">Rectangle that is pasted; null where the whole frame is drawn or nothing is known.</param>
/// <param name="IsKnown">False when no region.json was there and the face is taken from the picture's proportions.</param>
internal sealed record FaceBoxes(Box Face, Box? Paste, bool IsKnown)
{
    internal static FaceBoxes Read(string folder, int width, int height)
    {
        var path = Path.Combine(folder, "region.json");
        if (!File.Exists(path))
        {
            // Head and shoulders in the middle of the picture, as the presenters are framed.
            return new FaceBoxes(new Box(width * 88 / 512, height * 12 / 512, width * 352 / 512, height * 384 / 512), null, IsKnown: false);
        }

        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        return new FaceBoxes(
            Box(json.RootElement.GetProperty("face")),
            json.RootElement.TryGetProperty("paste", out var paste) && paste.ValueKind == JsonValueKind.Array ? Box(paste) : null, IsKnown: true);
    }

    private static Box Box(JsonElement array) => new(array[0].GetInt32(), array[1].GetInt32(), array[2].GetInt32(), array[3].GetInt32());
}
