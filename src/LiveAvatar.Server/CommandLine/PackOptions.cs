using System.CommandLine;
using LiveAvatar.Server.Configuration;

namespace LiveAvatar.Server.CommandLine;

/// <summary>The options that say which models run and on what, for commands that draw without serving.</summary>
internal sealed class PackOptions
{
    private readonly Dictionary<string, Option<string?>> _options = new()
    {
        ["pack"] = new("--pack") { HelpName = "FOLDER", Description = "Folder of the model pack [models/presenter]" },
        ["provider"] = new("--provider") { HelpName = "NAME", Description = "auto, cpu, cuda or tensorrt [auto]" },
        ["precision"] = new("--precision") { HelpName = "NAME", Description = "auto, int8 or fp32 [auto: int8 where the CPU is made for it]" },
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in _options.Values)
        {
            command.Add(option);
        }
    }

    /// <summary>Reads all options, with more values of the command's own; null, with the problems printed, when they do not fit.</summary>
    public ServerOptions? Load(ParseResult parsed, IReadOnlyDictionary<string, string?> more)
    {
        var values = _options.Select(option => (option.Key, Value: parsed.GetValue(option.Value))).Concat(more.Select(pair => (pair.Key, pair.Value)))
            .Where(pair => pair.Value is not null).ToDictionary(pair => pair.Key, pair => pair.Value!);
        return ServerCommand.LoadOptions(null, values);
    }
}
