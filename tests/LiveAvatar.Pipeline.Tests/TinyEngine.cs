using LiveAvatar.Inference;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveAvatar.Pipeline.Tests;

/// <summary>The committed tiny pack (tests/packs) on the CPU.</summary>
internal static class TinyEngine
{
    public static InferenceEngine Create() => new(
        ModelPack.Load(Path.Combine(RepositoryRoot(), "tests", "packs", "tiny")),
        new InferenceOptions { ReadPortrait = PortraitFile.Read, ProviderPreference = ProviderPreference.Cpu },
        NullLogger.Instance);

    public static string RepositoryRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "LiveAvatar.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests must run inside the repository.");
        }

        return folder;
    }
}
