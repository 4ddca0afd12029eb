using System.CommandLine;
using Grpc.Core;
using LiveAvatar.CallKit;
using Microsoft.Playwright;
using Spectre.Console;

namespace LiveAvatar.Perf;

/// <summary>What the measuring commands share.</summary>
internal static class PerfCommand
{
    /// <summary>How long is measured.</summary>
    public static Option<int> Seconds(string description, int usual, int least)
    {
        var seconds = new Option<int>("--seconds") { Description = $"{description} [{usual}]", DefaultValueFactory = _ => usual, HelpName = "N" };
        seconds.Validators.Add(result =>
        {
            if (result.GetValue(seconds) is var value && (value < least || value > 3600))
            {
                result.AddError($"--seconds takes {least} to 3600.");
            }
        });
        return seconds;
    }

    /// <summary>Where the result goes.</summary>
    public static Option<string?> Output() => new("--output") { Description = "Result file [perf/results/NAME-COMMIT.local.json]", HelpName = "FILE" };

    /// <summary>Runs a measurement; a failure is told in a line.</summary>
    public static async Task<int> RunAsync(Func<Task> measure)
    {
        try
        {
            await measure().ConfigureAwait(false);
            return 0;
        }
        catch (Exception e) when (e is CallKitException or PlaywrightException or InvalidOperationException or RpcException)
        {
            await Console.Error.WriteLineAsync("perf: " + e.Message).ConfigureAwait(false);
            return 1;
        }
    }

    /// <summary>Shows what is being done: a spinner, or lines in a log.</summary>
    public static Task<T> ShowAsync<T>(string first, Func<Action<string>, Task<T>> measure) => AnsiConsole.Profile.Capabilities.Interactive
        ? AnsiConsole.Status().StartAsync(Markup.Escape(first), status => measure(text => status.Status(Markup.Escape(text))))
        : measure(AnsiConsole.WriteLine);
}
