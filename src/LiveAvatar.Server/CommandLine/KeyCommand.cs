using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LiveAvatar.Server.Access;
using LiveAvatar.Server.Configuration;

namespace LiveAvatar.Server.CommandLine;

/// <summary>key NAME --roles ROLES [--file FILE]: makes an API key, and writes it into a file of keys.</summary>
internal static class KeyCommand
{
    private const int CannotWrite = 1;

    // Names of people may have any letter; nothing here ends up in a page.
    private static readonly JsonSerializerOptions Form = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var name = new Argument<string>("name") { HelpName = "NAME", Description = "Whose key it is; appears in the log" };
        var roles = new Option<string>("--roles")
        {
            HelpName = "ROLES",
            Description = "Comma-separated: drive (make calls), watch (view any call), control (steer and end any call), admin (all, and lists and metrics)",
            Required = true,
        };
        var file = new Option<string?>("--file") { HelpName = "FILE", Description = "The file for --api-keys that the key is added to; made if there is none" };
        var command = new Command("key", "Makes an API key for --api-keys.") { name, roles, file };
        command.SetAction(parsed =>
        {
            var names = parsed.GetValue(roles)!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return ServerCommand.Read("roles", () => ApiKeyReader.Roles(names), out var all) ? Make(parsed.GetValue(name)!, all, parsed.GetValue(file)) : ServerCommand.BadUsage;
        });
        return command;
    }

    private static int Make(string name, AccessRole roles, string? file)
    {
        var key = ApiKey.Random();
        var entry = new JsonObject
        {
            ["name"] = name,
            ["key"] = key,
            ["roles"] = new JsonArray([.. ApiKeyReader.Names(roles).Select(role => (JsonNode)role)]),
        };
        try
        {
            var list = file is not null && File.Exists(file) ? Parse(File.ReadAllText(file)) : [];
            list.Add(entry);
            using (var check = JsonDocument.Parse(list.ToJsonString()))
            {
                ApiKeyReader.List(check.RootElement); // nothing is written that would stop the next start
            }

            if (file is null)
            {
                Console.WriteLine(list.ToJsonString(Form));
                return 0;
            }

            Write(file, list.ToJsonString(Form) + "\n");
            Console.WriteLine(key);
            Console.Error.WriteLine($"Written to {file}. Start with --api-keys {file}; send the key as 'Authorization: Bearer KEY', or give it to the page when it asks.");
            return 0;
        }
        catch (OptionException e)
        {
            Console.Error.WriteLine($"LiveAvatar: {file ?? "key"}: {e.Message}.");
            return ServerCommand.BadUsage;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"LiveAvatar cannot write {file}: {e.Message}");
            return CannotWrite;
        }
    }

    private static JsonArray Parse(string text) =>
        JsonNode.Parse(text, documentOptions: OptionLoader.Json) as JsonArray ?? throw new OptionException("is no list of keys");

    // Written beside and moved over, so that no crash leaves half a file; only its owner may read a new one.
    private static void Write(string file, string text)
    {
        var beside = file + ".new";
        File.Delete(beside);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = File.Exists(file) ? File.GetUnixFileMode(file) : UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(beside, options))
        using (var writer = new StreamWriter(stream))
        {
            writer.Write(text);
        }

        File.Move(beside, file, overwrite: true);
    }
}
