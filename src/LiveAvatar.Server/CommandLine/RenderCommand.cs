using System.CommandLine;
using LiveAvatar.Inference;
using LiveAvatar.Pipeline;
using LiveAvatar.Pipeline.Offline;
using LiveAvatar.Server.Configuration;
using LiveAvatar.Server.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace LiveAvatar.Server.CommandLine;

/// <summary>render VOICE -o OUT.webm: draws a recording into a video file, with a progress bar.</summary>
internal static class RenderCommand
{
    private const int CannotRender = 1;
    private const int Cancelled = 130;

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var voice = new Argument<string>("voice") { HelpName = "VOICE", Description = "A recording of a voice: WAV, FLAC, Ogg, Opus or MP3" };
        var output = new Option<string>("--output", "-o") { HelpName = "OUT.webm", Description = "The video to write", Required = true };
        var avatar = new Option<string?>("--avatar") { HelpName = "NAME", Description = "The avatar [the pack's first]" };
        var seed = new Option<int>("--seed") { HelpName = "NUMBER", Description = "Seed of the face's own movements", DefaultValueFactory = _ => 1 };
        var kbps = new Option<int>("--video-kbps") { HelpName = "KBPS", Description = "Video bit rate", DefaultValueFactory = _ => 1500 };
        var emotion = new Option<string?>("--emotion") { HelpName = "NAME=STRENGTH", Description = "Emotions 0 to 1, comma-separated, such as happy=0.6,surprised=0.2 [neutral]" };
        var automatic = new Option<string?>("--auto-emotion") { HelpName = "AMOUNT", Description = "How much of the emotion heard in the voice is added, 0 to 1 [0.5]" };
        var any = new Option<bool>("--accept-non-speech") { Description = "Draw even when nothing sounds like speech" };
        var command = new Command("render", "Draws a recording into a WebM video, with the models a call uses.")
        {
            voice, output, avatar, seed, emotion, automatic, kbps, any,
        };
        var pack = new PackOptions();
        pack.AddTo(command);
        command.SetAction((parsed, _) =>
        {
            if (!ServerCommand.Read("emotion", () => OptionText.Shares(parsed.GetValue(emotion) ?? ""), out var strengths)
                || pack.Load(parsed, new Dictionary<string, string?> { ["auto-emotion"] = parsed.GetValue(automatic) }) is not { } options)
            {
                return Task.FromResult(ServerCommand.BadUsage);
            }

            var request = new RenderRequest(
                parsed.GetValue(voice)!, parsed.GetValue(output)!, parsed.GetValue(avatar) ?? options.Avatar,
                parsed.GetValue(seed), parsed.GetValue(kbps) * 1000, strengths, options.AutomaticEmotion, parsed.GetValue(any));
            return Task.FromResult(Run(options, request));
        });
        return command;
    }

    private static int Run(ServerOptions options, RenderRequest request)
    {
        using var stop = new CancellationTokenSource();
        ConsoleCancelEventHandler cancel = (_, e) => e.Cancel = TryCancel(stop);
        Console.CancelKeyPress += cancel;
        try
        {
            ModelLoader.VerifyLibraries();
            using var engine = ModelLoader.LoadEngine(options, NullLogger.Instance);
            var result = Draw(new OfflineRenderer(engine), request, stop.Token);
            Console.WriteLine($"{request.OutputPath}: {result.Duration.TotalSeconds:0.0} s, {result.Frames} frames, {result.Bytes / 1024.0:0} KiB");
            return 0;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Cancelled; nothing was written.");
            return Cancelled;
        }
        catch (Exception e) when (e is RenderException or StartupException or UnknownAvatarException or ModelStepException)
        {
            Console.Error.WriteLine($"LiveAvatar cannot render: {e.Message}");
            return CannotRender;
        }
        finally
        {
            Console.CancelKeyPress -= cancel;
        }
    }

    // The first Ctrl+C cleans up, the second ends the process.
    private static bool TryCancel(CancellationTokenSource stop)
    {
        var first = !stop.IsCancellationRequested;
        stop.Cancel();
        return first;
    }

    private static RenderResult Draw(OfflineRenderer renderer, RenderRequest request, CancellationToken cancellation)
    {
        if (Console.IsErrorRedirected)
        {
            return renderer.Render(request, null, cancellation);
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask("Drawing");
                return renderer.Render(request, new Bar(task), cancellation);
            });
    }

    private sealed class Bar(ProgressTask task) : IProgress<RenderProgress>
    {
        public void Report(RenderProgress value)
        {
            task.MaxValue = Math.Max(1, value.Total);
            task.Value = value.Done;
        }
    }
}
