using Microsoft.Extensions.Logging;

namespace LiveAvatar.Inference;

/// <summary>The log messages of this project; ids 3000 to 3099.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "Pack {Pack} {Version} runs on {Report}")]
    internal static partial void EngineReady(ILogger logger, string pack, string version, ProviderReport report);

    [LoggerMessage(3001, LogLevel.Error, "Inference work failed; its worker goes on")]
    internal static partial void WorkFailed(ILogger logger, Exception error);
}
