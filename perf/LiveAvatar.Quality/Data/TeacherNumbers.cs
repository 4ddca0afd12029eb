using System.Runtime.InteropServices;
using System.Text.Json;

namespace LiveAvatar.Quality.Data;

/// <summary>What the teacher does on the held-out synthesizers, and how lips are measured; made by models/training/quality/teacher.py.</summary>
/// <param name="ClosedAperture">Aperture below which lips are together.</param>
/// <param name="NearSeconds">How early or late a closure may be.</param>
/// <param name="Aperture">Weight of each channel in the gap between the lips.</param>
/// <param name="Mouth">Names of the channels that the voice moves.</param>
/// <param name="Voices">Statistics by voice and name.</param>
internal sealed record TeacherNumbers(
    double ClosedAperture, double NearSeconds, IReadOnlyDictionary<string, double> Aperture, IReadOnlyList<string> Mouth,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Voices)
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>The teacher's lip aperture per frame, by voice.</summary>
    internal IReadOnlyDictionary<string, double[]> Apertures { get; private init; } = new Dictionary<string, double[]>();

    internal static TeacherNumbers Read(string folder)
    {
        try
        {
            var numbers = JsonSerializer.Deserialize<TeacherNumbers>(File.ReadAllBytes(Path.Combine(folder, "teacher.json")), Web)!;
            return numbers with
            {
                Apertures = numbers.Voices.Keys.ToDictionary(voice => voice, voice => Array.ConvertAll(
                    MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(folder, $"teacher_{voice}.f32"))).ToArray(), number => (double)number)),
            };
        }
        catch (Exception error) when (error is IOException or JsonException)
        {
            throw new QualityException($"The teacher's numbers cannot be read ({error.Message}). Make them again: models/training/quality/teacher.py", error);
        }
    }
}
