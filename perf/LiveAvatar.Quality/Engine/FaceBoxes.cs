using System.Text.Json;
using LiveAvatar.Quality.Metrics;

namespace LiveAvatar.Quality.Engine;

/// <summary>Where the face lies in the picture, and which part is drawn anew over the warped portrait; made by models/training/quality/areas.py.</summary>
/// <param name="Face">Rectangle in which pictures are compared and landmarks followed.</param>
/// <param name="Paste">Rectangle on whose border a seam would show.</param>
internal sealed record FaceBoxes(Box Face, Box Paste)
{
    /// <summary>Reads them for a picture size.</summary>
    /// <exception cref="QualityException">The file is missing or broken.</exception>
    internal static FaceBoxes Read(string folder, int width, int height)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "areas.json")));
            var size = json.RootElement.GetProperty("size").GetInt32();
            Box Read(string name)
            {
                int[] sides = [.. json.RootElement.GetProperty(name).EnumerateArray().Select(side => side.GetInt32())];
                return new Box(sides[0] * width / size, sides[1] * height / size, sides[2] * width / size, sides[3] * height / size);
            }

            return new FaceBoxes(Read("face"), Read("paste"));
        }
        catch (Exception error) when (error is IOException or JsonException or KeyNotFoundException)
        {
            throw new QualityException($"areas.json cannot be read ({error.Message}). Make it again: models/training/quality/areas.py", error);
        }
    }
}
