using System.CommandLine;
using LiveAvatar.Inference;
using LiveAvatar.Pipeline;
using LiveAvatar.Pipeline.Offline;
using LiveAvatar.Server.Configuration;
using LiveAvatar.Server.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveAvatar.Server.CommandLine;

/// <summary>contact-sheet -o FOLDER: draws each presenter in every mouth shape and emotion, one PNG file each.</summary>
internal static class ContactSheetCommand
{
    private const int CannotDraw = 1;
    private const int LargestTile = 1024;

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var output = new Option<string>("--output", "-o") { HelpName = "FOLDER", Description = "Where the PNG files go, one per presenter", Required = true };
        var avatar = new Option<string?>("--avatar") { HelpName = "NAME", Description = "Only this presenter [all]" };
        var tile = new Option<string>("--tile") { HelpName = "PIXELS", Description = "Width of one picture, even", DefaultValueFactory = _ => "192" };
        var pack = new PackOptions();
        var command = new Command("contact-sheet", "Draws each presenter in every mouth shape and emotion, with the models a call uses.") { output, avatar, tile };
        pack.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var code = ServerCommand.Read("tile", () => OptionText.Integer(parsed.GetValue(tile)!, 16, LargestTile), out var pixels)
                && pack.Load(parsed, new Dictionary<string, string?>()) is { } options
                    ? Run(options, parsed.GetValue(output)!, parsed.GetValue(avatar), pixels & ~1, cancellation)
                    : ServerCommand.BadUsage;
            return Task.FromResult(code);
        });
        return command;
    }

    private static int Run(ServerOptions options, string folder, string? only, int tile, CancellationToken cancellation)
    {
        try
        {
            ModelLoader.VerifyLibraries();
            using var engine = ModelLoader.LoadEngine(options, NullLogger.Instance);
            var names = engine.Avatars.Select(avatar => avatar.Name).ToList();
            if (only is not null && !names.Contains(only))
            {
                throw new UnknownAvatarException(only, names);
            }

            var sheet = new ContactSheet(engine);
            Directory.CreateDirectory(folder);
            Console.WriteLine($"Rows: {string.Join(", ", sheet.Rows)}. Columns: {string.Join(", ", ContactSheet.Columns)}. {engine.PrecisionReport}.");
            foreach (var name in names.Where(name => only is null || name == only))
            {
                var file = Path.Combine(folder, name + ".png");
                File.WriteAllBytes(file, sheet.Draw(name, tile, cancellation));
                Console.WriteLine(file);
            }

            return 0;
        }
        catch (Exception e) when (e is StartupException or UnknownAvatarException or ModelStepException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"LiveAvatar cannot draw the sheet: {e.Message}");
            return CannotDraw;
        }
    }
}
