using System.Runtime.InteropServices;
using System.Text.Json;
using LiveAvatar.Codecs;
using LiveAvatar.Inference;
using LiveAvatar.Quality.Metrics;

namespace LiveAvatar.Quality.Data;

/// <summary>One picture by the teacher that was held out of training, and what the decoder is told to draw the same.</summary>
/// <param name="Row">Motion, context, emotion, noise code.</param>
/// <param name="Picture">The teacher's I420 picture.</param>
/// <param name="Face">Where the face is in it.</param>
/// <param name="Mouth">Where the mouth is in it.</param>
internal sealed record TeacherFrame(float[] Row, byte[] Picture, Box Face, Box Mouth);

/// <summary>Reads tests/vectors/quality/faces, made by models/training/faces/quality.py.</summary>
internal static class TeacherFaces
{
    /// <summary>The held-out frames by avatar; empty when there are none.</summary>
    /// <exception cref="QualityException">They do not fit the pack or one another.</exception>
    internal static IReadOnlyList<(string Avatar, TeacherFrame[] Frames)> Read(string folder, PackManifest pack)
    {
        var facts = Path.Combine(folder, "frames.json");
        if (!File.Exists(facts))
        {
            return [];
        }

        var length = pack.Motion.Count + pack.Sizes.Context + pack.Emotions.Count + pack.Sizes.Noise;
        using var json = JsonDocument.Parse(File.ReadAllBytes(facts));
        return [.. json.RootElement.EnumerateArray().GroupBy(fact => fact.GetProperty("look").GetString()!)
            .Where(look => pack.Avatars.Any(avatar => avatar.Name == look.Key))
            .Select(look =>
            {
                var rows = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(folder, look.Key + ".bin"))).ToArray();
                return rows.Length == length * look.Count()
                    ? (look.Key, look.Zip(rows.Chunk(length), (fact, row) => Frame(folder, fact, row, pack.Video)).ToArray())
                    : throw new QualityException($"{look.Key}.bin in {folder} has {rows.Length} numbers; {look.Count()} rows of {length} fit. Make the renders again for this pack.");
            })];
    }

    private static TeacherFrame Frame(string folder, JsonElement fact, float[] row, PackVideo video)
    {
        // The Y, U and V planes one below the other in a grey picture, as they are.
        var path = Path.Combine(folder, fact.GetProperty("picture").GetString()!);
        var image = ImageFile.Load(path);
        if (image.Width != video.Width || image.Height != video.Height * 3 / 2)
        {
            throw new QualityException($"{path} has {image.Width}x{image.Height} pixels, the pack's I420 pictures have {video.Width}x{video.Height * 3 / 2}.");
        }

        return new TeacherFrame(row, image.Green.ToArray(), Read(fact.GetProperty("face"), video), Read(fact.GetProperty("mouth"), video));
    }

    private static Box Read(JsonElement sides, PackVideo video)
    {
        var (left, top) = (Math.Clamp(sides[0].GetInt32(), 0, video.Width - 16), Math.Clamp(sides[1].GetInt32(), 0, video.Height - 16));
        return new Box(left, top, Math.Min(sides[2].GetInt32(), video.Width - left), Math.Min(sides[3].GetInt32(), video.Height - top));
    }
}
