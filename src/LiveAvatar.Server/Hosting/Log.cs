namespace LiveAvatar.Server.Hosting;

/// <summary>Log messages of the process; ids 4000 to 4099, next free: 4010.</summary>
internal static partial class Log
{
    [LoggerMessage(4000, LogLevel.Information, "Listening on {Address}; loading models")]
    public static partial void Listening(ILogger logger, string address);

    [LoggerMessage(4001, LogLevel.Information, "Ready after {Milliseconds} ms")]
    public static partial void Ready(ILogger logger, long milliseconds);

    [LoggerMessage(4002, LogLevel.Information, "{Signal} received: no new calls; {Sessions} running, ended within {Seconds} s. A second signal ends the process at once")]
    public static partial void Draining(ILogger logger, string signal, int sessions, double seconds);

    [LoggerMessage(4003, LogLevel.Warning, "Second signal: ended at once")]
    public static partial void Forced(ILogger logger);

    [LoggerMessage(4004, LogLevel.Information, "Stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(4005, LogLevel.Warning, "The page was not built: {Folder} is missing. Run 'npm ci && npm run build' in src/web; calls by WHIP work without it")]
    public static partial void PageMissing(ILogger logger, string folder);

    [LoggerMessage(4006, LogLevel.Error, "Request {Method} {Route} failed")]
    public static partial void RequestFailed(ILogger logger, Exception error, string method, string route);

    [LoggerMessage(4007, LogLevel.Information, "Keys are required. Known are {Keys}")]
    public static partial void KeysRequired(ILogger logger, string keys);

    [LoggerMessage(4008, LogLevel.Warning, "Open access: whoever reaches {Address} can make calls and watch what runs")]
    public static partial void OpenAccess(ILogger logger, string address);

    [LoggerMessage(4009, LogLevel.Warning, "The uploaded avatar in {Folder} is left out: {Reason}")]
    public static partial void AvatarLeftOut(ILogger logger, string folder, string reason);
}
