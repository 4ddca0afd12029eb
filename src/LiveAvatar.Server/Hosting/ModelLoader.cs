using LiveAvatar.Codecs;
using LiveAvatar.Inference;
using LiveAvatar.Pipeline;
using LiveAvatar.Server.Configuration;

namespace LiveAvatar.Server.Hosting;

/// <summary>Brings up what calls and renderings share: the native libraries and the models.</summary>
internal static class ModelLoader
{
    /// <summary>Checks the media libraries.</summary>
    /// <exception cref="StartupException">One is missing or unknown; the message names the package to install.</exception>
    public static void VerifyLibraries()
    {
        if (NativeCodecs.Verify() is { Count: > 0 } problems)
        {
            throw new StartupException(string.Join(" ", problems));
        }
    }

    /// <summary>Loads the configured pack onto the best provider that works.</summary>
    /// <exception cref="StartupException">The pack cannot be used; the message says which part, what it is and what it must be.</exception>
    public static InferenceEngine LoadEngine(ServerOptions options, ILogger logger)
    {
        try
        {
            var pack = ModelPack.Load(options.Pack ?? ModelFolder.Find());
            return new InferenceEngine(
                pack,
                new InferenceOptions
                {
                    ReadPortrait = PortraitFile.Read,
                    ProviderPreference = options.Provider,
                    Precision = options.Precision,
                    EngineCacheFolder = options.EngineCache
                        ?? Path.Combine(UserFolder.Cache, "engines", $"{pack.Manifest.Name}-{pack.Manifest.Version}"),
                },
                logger);
        }
        catch (ModelPackException e)
        {
            throw new StartupException(e.Message, e);
        }
    }
}
