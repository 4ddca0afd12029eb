using System.Runtime.InteropServices;
using LiveAvatar.Codecs;
using LiveAvatar.Inference;

namespace LiveAvatar.Quality.Data;

/// <summary>Held-out renders of one presenter by the teacher, with what the decoder is told to draw the same.</summary>
/// <param name="Avatar">The presenter.</param>
/// <param name="Rows">Motion, context, emotion, noise code per frame.</param>
/// <param name="Frames">I420 pictures, one per row; in a row's order they are 40 ms apart.</param>
internal sealed record TeacherFaces(string Avatar, IReadOnlyList<float[]> Rows, IReadOnlyList<byte[]> Frames)
{
    private static readonly string[] Suffixes = ["png", "webp", "jpg"];

    /// <summary>Reads those of every avatar of a pack that the folder has: NAME.bin and NAME_000.png (or webp, jpg), NAME_001…</summary>
    internal static IReadOnlyList<TeacherFaces> Read(string folder, PackManifest pack)
    {
        var length = pack.Motion.Count + pack.Sizes.Context + pack.Emotions.Count + pack.Sizes.Noise;
        var faces = new List<TeacherFaces>();
        foreach (var avatar in pack.Avatars.Select(avatar => avatar.Name).Where(name => File.Exists(Path.Combine(folder, name + ".bin"))))
        {
            var numbers = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(folder, avatar + ".bin"))).ToArray();
            if (numbers.Length == 0 || numbers.Length % length != 0)
            {
                throw new QualityException($"{avatar}.bin in {folder} has {numbers.Length} numbers; rows of {length} fit the pack. Make the renders again for this pack.");
            }

            faces.Add(new TeacherFaces(avatar, [.. numbers.Chunk(length)], [.. Enumerable.Range(0, numbers.Length / length).Select(i => ReadPicture(folder, $"{avatar}_{i:000}", pack.Video))]));
        }

        return faces;
    }

    private static byte[] ReadPicture(string folder, string name, PackVideo video)
    {
        var path = Suffixes.Select(suffix => Path.Combine(folder, $"{name}.{suffix}")).FirstOrDefault(File.Exists)
            ?? throw new QualityException($"{name} is missing in {folder}: the rows of the .bin file and the pictures do not fit.");
        var image = ImageFile.Load(path);
        if (image.Width != video.Width || image.Height != video.Height)
        {
            throw new QualityException($"{path} has {image.Width}x{image.Height} pixels, the pack draws {video.Width}x{video.Height}.");
        }

        var (rgb, i420) = (new byte[3 * image.Width * image.Height], new byte[video.FrameBytes]);
        image.CopyInterleaved(rgb);
        Yuv.RgbToI420(rgb, i420, image.Width, image.Height);
        return i420;
    }
}
