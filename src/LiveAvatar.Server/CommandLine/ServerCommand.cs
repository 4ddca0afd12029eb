using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using LiveAvatar.Server.Configuration;
using LiveAvatar.Server.Hosting;

namespace LiveAvatar.Server.CommandLine;

/// <summary>The program's commands: run (also without a word), render, contact-sheet and key.</summary>
internal static class ServerCommand
{
    /// <summary>Wrong options or arguments.</summary>
    public const int BadUsage = 2;

    /// <summary>Parses the arguments and runs what they ask for; the result is the exit code.</summary>
    public static Task<int> InvokeAsync(string[] args)
    {
        var root = new RootCommand("LiveAvatar: a presenter that speaks with your voice, live.");
        var run = new Command("run", "Serves the page, calls and viewers (the default).");
        AddRun(run);
        AddRun(root);
        root.Add(run);
        root.Add(RenderCommand.Create());
        root.Add(ContactSheetCommand.Create());
        root.Add(KeyCommand.Create());

        // Signals are the run command's own: the first drains, the second forces.
        return root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    /// <summary>Reads all options from files, environment and command line; null, with the problems printed, when they do not fit.</summary>
    internal static ServerOptions? LoadOptions(string? config, IReadOnlyDictionary<string, string> commandLine)
    {
        var options = OptionLoader.Load(SettingsFiles(config), Environment.GetEnvironmentVariable, commandLine, out var problems);
        foreach (var problem in problems)
        {
            Console.Error.WriteLine($"LiveAvatar: {problem}");
        }

        return problems.Count == 0 ? options : null;
    }

    /// <summary>Reads an option that only the command line has; false, with the problem printed, when it does not fit.</summary>
    internal static bool Read<T>(string name, Func<T> read, [NotNullWhen(true)] out T? value)
        where T : notnull
    {
        try
        {
            value = read();
            return true;
        }
        catch (OptionException e)
        {
            Console.Error.WriteLine($"LiveAvatar: --{name}: {e.Message}.");
            value = default;
            return false;
        }
    }

    private static void AddRun(Command command)
    {
        var options = OptionTable.All.ToDictionary(definition => definition, Make);
        var config = new Option<string?>("--config") { HelpName = "FILE", Description = "A settings file read after appsettings.json" };
        foreach (var option in options.Values)
        {
            command.Add(option);
        }

        command.Add(config);
        command.SetAction(async (parsed, _) =>
        {
            var values = options.Where(o => parsed.GetResult(o.Value) is not null)
                .ToDictionary(o => o.Key.Name, o => parsed.GetValue(o.Value) ?? "");
            return LoadOptions(parsed.GetValue(config), values) is { } loaded
                ? await ServerRun.RunAsync(loaded).ConfigureAwait(false)
                : BadUsage;
        });
    }

    private static Option<string?> Make(OptionDefinition definition) => new("--" + definition.Name)
    {
        HelpName = definition.Argument,
        Description = definition.Description,
        Arity = definition.ValueIsOptional ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne,
    };

    private static List<string> SettingsFiles(string? config)
    {
        var files = new List<string>();
        var shipped = Path.Combine(AppContext.BaseDirectory, "appsettings.json");
        var local = Path.GetFullPath("appsettings.json");
        if (File.Exists(shipped))
        {
            files.Add(shipped);
        }

        if (File.Exists(local) && local != shipped)
        {
            files.Add(local);
        }

        if (config is not null)
        {
            files.Add(Path.GetFullPath(config)); // one that is named must exist; reading it says so
        }

        return files;
    }
}
