using System.Runtime.InteropServices;
using System.Text.Json;

namespace LiveAvatar.Quality.Data;

/// <summary>The phone classifiers that trained with the speech encoder, linear layers on its features; made by models/training/quality/head.py.</summary>
/// <param name="Encoder">Hash of the encoder that it belongs to.</param>
/// <param name="Features">Length of a feature vector.</param>
/// <param name="Delay">Features by which what they tell lies behind, at the look-ahead that ships.</param>
/// <param name="Delays">The delay of each classifier.</param>
/// <param name="Visemes">Viseme of each output.</param>
internal sealed record VisemeHead(string Encoder, int Features, int Delay, IReadOnlyList<int> Delays, IReadOnlyList<string> Visemes)
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);
    private float[] _numbers = [];

    /// <summary>Reads it; null when there is none or its layer does not fit its description.</summary>
    internal static VisemeHead? TryRead(string folder)
    {
        var (description, numbers) = (Path.Combine(folder, "viseme_head.json"), Path.Combine(folder, "viseme_head.bin"));
        if (!File.Exists(description) || !File.Exists(numbers))
        {
            return null;
        }

        var head = JsonSerializer.Deserialize<VisemeHead>(File.ReadAllBytes(description), Web)!;
        head._numbers = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(numbers)).ToArray();
        return head.Delays.Contains(head.Delay) && head._numbers.Length == head.Delays.Count * head.Size ? head : null;
    }

    private int Size => Visemes.Count * (Features + 1);

    /// <summary>The viseme that a feature vector tells, by the classifier of one delay: the one whose phones are together the likeliest.</summary>
    internal string Classify(ReadOnlySpan<float> features, int delay)
    {
        var numbers = _numbers.AsSpan(Delays.ToList().IndexOf(delay) * Size, Size);
        var scores = new float[Visemes.Count];
        for (var output = 0; output < scores.Length; output++)
        {
            scores[output] = numbers[(Visemes.Count * Features) + output] + Dot(numbers.Slice(output * Features, Features), features);
        }

        var most = scores.Max();
        return Visemes.Zip(scores, (viseme, score) => (viseme, Share: MathF.Exp(score - most))).GroupBy(phone => phone.viseme).MaxBy(phones => phones.Sum(phone => phone.Share))!.Key;
    }

    /// <summary>The same at the look-ahead that ships.</summary>
    internal string Classify(ReadOnlySpan<float> features) => Classify(features, Delay);

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        float sum = 0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
