using Microsoft.Extensions.Logging;

namespace LiveAvatar.Inference;

/// <summary>The log messages of this project; ids 3000 to 3099, next free: 3004.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "Pack {Pack} {Version} runs on {Report}; {Precision}")]
    internal static partial void EngineReady(ILogger logger, string pack, string version, ProviderReport report, PrecisionReport precision);

    [LoggerMessage(3001, LogLevel.Error, "Inference work failed; its worker goes on")]
    internal static partial void WorkFailed(ILogger logger, Exception error);

    [LoggerMessage(3002, LogLevel.Warning, "{Graph} does not run, its fp32 twin does instead ({Reason}): export it again or take its \"int8\" out of pack.json")]
    internal static partial void Int8Refused(ILogger logger, string graph, string reason);

    [LoggerMessage(3003, LogLevel.Information, "{Graph} is not used: this version has no place for a diffusion decoder yet")]
    internal static partial void DiffusionDecoderIgnored(ILogger logger, string graph);
}
