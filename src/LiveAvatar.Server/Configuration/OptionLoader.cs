using System.Text.Json;

namespace LiveAvatar.Server.Configuration;

/// <summary>Puts the options together: defaults, then appsettings.json, then the environment, then the command line.</summary>
internal static class OptionLoader
{
    private const string Section = "liveAvatar";

    /// <summary>How settings are written: people comment them and leave commas behind.</summary>
    public static JsonDocumentOptions Json { get; } = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads and checks all options.</summary>
    /// <param name="files">Settings files, later ones win; each must exist.</param>
    /// <param name="environment">Looks up an environment variable.</param>
    /// <param name="commandLine">Values by <see cref="OptionDefinition.Name"/>.</param>
    /// <param name="problems">What is wrong, one sentence each, naming the place to change; empty when all is well.</param>
    public static ServerOptions Load(
        IEnumerable<string> files,
        Func<string, string?> environment,
        IReadOnlyDictionary<string, string> commandLine,
        out IReadOnlyList<string> problems)
    {
        var found = new List<string>();
        var options = files.Aggregate(new ServerOptions(), (current, file) => FromFile(current, file, found));
        foreach (var definition in OptionTable.All)
        {
            // An empty variable is how a shell or compose file says "not set".
            if (environment(definition.EnvironmentName) is { Length: > 0 } value)
            {
                options = Apply(options, definition, value, $"environment {definition.EnvironmentName}", found);
            }
        }

        foreach (var definition in OptionTable.All)
        {
            if (commandLine.TryGetValue(definition.Name, out var value))
            {
                options = Apply(options, definition, value, $"--{definition.Name}", found);
            }
        }

        CheckTogether(options, found);
        problems = found;
        return options;
    }

    private static ServerOptions Apply(ServerOptions options, OptionDefinition definition, string value, string place, List<string> problems)
    {
        // An option that may stand alone is "true" where a place needs a value.
        var alone = definition.ValueIsOptional && value.Equals("true", StringComparison.OrdinalIgnoreCase);
        return Apply(options, () => definition.Read(options, alone ? "" : value), place, problems);
    }

    private static ServerOptions Apply(ServerOptions options, Func<ServerOptions> read, string place, List<string> problems)
    {
        try
        {
            return read();
        }
        catch (OptionException e)
        {
            problems.Add($"{place}: {e.Message}.");
            return options;
        }
    }

    private static ServerOptions FromFile(ServerOptions options, string file, List<string> problems)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file), Json);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty(Section, out var section))
            {
                return options;
            }

            if (section.ValueKind != JsonValueKind.Object)
            {
                problems.Add($"{file}: \"{Section}\" must be an object.");
                return options;
            }

            foreach (var property in section.EnumerateObject())
            {
                options = FromProperty(options, property, file, problems);
            }
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            problems.Add($"{file}: {e.Message}");
        }

        return options;
    }

    private static ServerOptions FromProperty(ServerOptions options, JsonProperty property, string file, List<string> problems)
    {
        var definition = OptionTable.All.FirstOrDefault(d => d.JsonName == property.Name);
        if (definition is null)
        {
            problems.Add($"{file}: there is no option \"{property.Name}\". There are: {string.Join(", ", OptionTable.All.Select(d => d.JsonName))}.");
            return options;
        }

        var place = $"{file}: \"{property.Name}\"";
        if (definition.ReadList is { } readList && property.Value.ValueKind == JsonValueKind.Array)
        {
            return Apply(options, () => readList(options, property.Value), place, problems);
        }

        var value = property.Value.ValueKind switch
        {
            JsonValueKind.String => property.Value.GetString()!,
            JsonValueKind.Number => property.Value.GetRawText(),
            JsonValueKind.True when definition.ValueIsOptional => "",
            JsonValueKind.False when definition.ValueIsOptional => "false",
            JsonValueKind.Array => string.Join(',', property.Value.EnumerateArray().Select(e => e.ToString())),
            _ => null,
        };
        if (value is null)
        {
            problems.Add($"{place} must be a text, a number or a list.");
            return options;
        }

        return Apply(options, definition, value, place, problems);
    }

    private static void CheckTogether(ServerOptions options, List<string> problems)
    {
        if (options.TlsCertificate is not null && options.DevCert is not null)
        {
            problems.Add("tls-certificate and dev-cert exclude each other; keep one.");
        }

        if (options.TlsCertificate is null && (options.TlsKey ?? options.TlsPassword) is not null)
        {
            problems.Add("tls-key and tls-password need tls-certificate.");
        }

        if (options.ApiKeys.Count > 0 && options.OpenAccess)
        {
            problems.Add("api-keys and open-access exclude each other; keep one.");
        }
    }
}
