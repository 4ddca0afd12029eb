using LiveAvatar.Codecs;
using LiveAvatar.Media.Audio;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveAvatar.Inference.Tests;

/// <summary>The shipped pack, and a voice for it.</summary>
internal static class PresenterPack
{
    internal static string Repository { get; } = Path.GetDirectoryName(Path.GetDirectoryName(TestPacks.Root))!;

    /// <summary>Fp32, which every machine computes alike.</summary>
    internal static InferenceOptions Options { get; } = new()
    {
        ReadPortrait = ReadPortrait,
        ProviderPreference = ProviderPreference.Cpu,
        Precision = PrecisionPreference.Fp32,
    };

    internal static ModelPack Load() => ModelPack.Load(Path.Combine(Repository, "models", "presenter"));

    internal static InferenceEngine Engine(PrecisionPreference precision = PrecisionPreference.Fp32) =>
        new(Load(), Options with { Precision = precision }, NullLogger.Instance);

    internal static float[] ReadPortrait(string path, int width, int height)
    {
        var planes = new float[3 * width * height];
        ImageFile.Load(path, new ImageFileOptions { Width = width, Height = height }).CopyPlanes(planes);
        return planes;
    }

    /// <summary>A human reading aloud, mono at 16 kHz.</summary>
    internal static float[] Voice()
    {
        var sound = SoundFile.Read(Path.Combine(Repository, "tests", "vectors", "voices", "human.wav"));
        return Resampler.Convert(sound.Samples, sound.SampleRate, 16_000);
    }
}
