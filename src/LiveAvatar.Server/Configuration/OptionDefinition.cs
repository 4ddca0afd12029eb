namespace LiveAvatar.Server.Configuration;

/// <summary>One option: its names in the three places it can be set, what it means, and how its text is read.</summary>
/// <param name="Name">The command line's name without dashes, in kebab case; the other names follow from it.</param>
/// <param name="Argument">The value's placeholder in the help text.</param>
/// <param name="Description">One line for the help text; docs/configuration.md says more.</param>
/// <param name="Read">Puts a value into the options, or throws <see cref="OptionException"/> saying what is allowed.</param>
/// <param name="ValueIsOptional">The option may stand alone, which sets it to the empty text.</param>
/// <param name="ReadList">Reads a JSON list of appsettings.json that is more than a list of texts; null where texts are enough.</param>
internal sealed record OptionDefinition(
    string Name, string Argument, string Description, Func<ServerOptions, string, ServerOptions> Read, bool ValueIsOptional = false,
    Func<ServerOptions, System.Text.Json.JsonElement, ServerOptions>? ReadList = null)
{
    /// <summary>The environment variable: LIVEAVATAR_HTTP_PORT for http-port.</summary>
    public string EnvironmentName { get; } = "LIVEAVATAR_" + Name.ToUpperInvariant().Replace('-', '_');

    /// <summary>The key below "liveAvatar" in appsettings.json: httpPort for http-port.</summary>
    public string JsonName { get; } = string.Concat(Name.Split('-').Select((word, i) => i == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));
}

/// <summary>An option's value cannot be used; the message says what is allowed.</summary>
internal sealed class OptionException(string message) : Exception(message);
