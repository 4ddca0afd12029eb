using LiveAvatar.Server.Configuration;

namespace LiveAvatar.Server.Hosting;

/// <summary>The process' loggers: one line per event on standard error, so that standard output stays for the ready line.</summary>
internal static class ServerLogging
{
    /// <summary>Makes the factory that everything below HTTP and the web server itself log to.</summary>
    public static ILoggerFactory Create(ServerOptions options) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(options.LogLevel);
        // The framework's own start-up and per-request lines are noise beside ours, and those about requests hold paths: the secrets of calls.
        builder.AddFilter("Microsoft", options.LogLevel < LogLevel.Information ? options.LogLevel : LogLevel.Warning);
        builder.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        // Whoever sends broken frames must not fill the log with errors; what is our fault, RpcGuard logs.
        builder.AddFilter("Grpc", options.LogLevel < LogLevel.Information ? options.LogLevel : LogLevel.None);
        if (options.LogFormat == LogFormat.Json)
        {
            builder.AddJsonConsole(console =>
            {
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
            });
        }
        else
        {
            builder.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss.fff ";
            });
        }

        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
    });
}
