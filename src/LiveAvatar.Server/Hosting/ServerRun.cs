using System.Runtime.InteropServices;
using LiveAvatar.Server.Access;
using LiveAvatar.Server.Configuration;
using LiveAvatar.Server.Telemetry;

namespace LiveAvatar.Server.Hosting;

/// <summary>One run of the server, from the first line to the last: starts, serves, drains on a signal, ends.</summary>
internal static class ServerRun
{
    /// <summary>Ended by a second signal; 128 + SIGTERM as shells report it.</summary>
    public const int ForcedExit = 143;

    private const int CannotStart = 1;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs until a signal ends it; the result is the exit code.</summary>
    public static async Task<int> RunAsync(ServerOptions options)
    {
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        using var loggers = ServerLogging.Create(options);
        var logger = loggers.CreateLogger("LiveAvatar");
        var stop = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context, "SIGTERM"));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context, "SIGINT"));

        try
        {
            AccessHosting.CheckStart(options, logger);
            using var export = OtlpExport.Start(options.Otlp);
            await using var runtime = new AvatarRuntime(options, time, loggers);
            // Models take longest, so they load while the web server starts.
            var loading = Task.Run(runtime.Load);
            var starting = WebServer.StartAsync(options, runtime, time, loggers);
            await ((Task)starting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!starting.IsCompletedSuccessfully)
            {
                await loading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // what is half loaded cannot be given back
            }

            await using var web = await starting.ConfigureAwait(false);
            Log.Listening(logger, web.Url);
            if (web.DevCertificateFingerprint is { } fingerprint)
            {
                await Console.Out.WriteLineAsync($"Development certificate, SHA-256 {fingerprint}: compare before you accept it in the browser.").ConfigureAwait(false);
            }

            if (await Task.WhenAny(loading, stop.Task).ConfigureAwait(false) == loading)
            {
                await loading.ConfigureAwait(false);
                Log.Ready(logger, (long)time.GetElapsedTime(started).TotalMilliseconds);
                await Console.Out.WriteLineAsync($"LiveAvatar is ready: {web.Url} ({runtime.Summary})").ConfigureAwait(false);
                await Console.Out.WriteLineAsync($"gRPC: {web.GrpcUrl}").ConfigureAwait(false);
                if (web.NetworkUrls.Count > 0)
                {
                    await Console.Out.WriteLineAsync($"From other machines: {string.Join(", ", web.NetworkUrls)}").ConfigureAwait(false);
                }
            }

            var signal = await stop.Task.ConfigureAwait(false);
            Log.Draining(logger, signal, runtime.Host?.Sessions.Count ?? 0, options.DrainTime.TotalSeconds);
            runtime.Drain();
            await DrainAsync(runtime, options.DrainTime, time).ConfigureAwait(false);
            await loading.ConfigureAwait(false); // what is half loaded cannot be given back
        }
        catch (StartupException e)
        {
            await Console.Error.WriteLineAsync($"LiveAvatar cannot start: {e.Message}").ConfigureAwait(false);
            return CannotStart;
        }

        Log.Stopped(logger);
        return 0;

        void OnSignal(PosixSignalContext context, string name)
        {
            context.Cancel = true;
            if (!stop.TrySetResult(name))
            {
                Log.Forced(logger);
                Environment.Exit(ForcedExit);
            }
        }
    }

    private static async Task DrainAsync(AvatarRuntime runtime, TimeSpan limit, TimeProvider time)
    {
        var began = time.GetTimestamp();
        while (runtime.Host is { Sessions.Count: > 0 } && time.GetElapsedTime(began) < limit)
        {
            await Task.Delay(Poll, time).ConfigureAwait(false);
        }
    }
}
