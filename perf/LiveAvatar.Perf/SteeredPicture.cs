using Grpc.Core;
using Grpc.Net.Client;
using LiveAvatar.CallKit;
using LiveAvatar.CallKit.Analysis;
using LiveAvatar.V1;

namespace LiveAvatar.Perf;

/// <summary>How soon a command is on the screen: a silent caller whose smile comes and goes, as the caller and a viewer see it.</summary>
/// <remarks>
/// Head and eyes are held, so the mouth hardly moves by itself. A command counts from just before it is sent, by the page's
/// clock; it is shown by the first presented frame whose mouth differs from the last one before by more than twice what idling
/// made in the 0.6 s before. From there the models take some 250 ms to the whole smile, as a face does.
/// </remarks>
internal static class SteeredPicture
{
    private const int Commands = 30;
    private const double LeastIdling = 0.3; // levels of redness, mean over the mouth: the codec's own noise
    private const int IdleFrames = 15;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1.2);

    /// <summary>Measures at the caller and at a viewer; ms.</summary>
    /// <exception cref="CallKitException">A command changed nothing.</exception>
    public static async Task<(IReadOnlyList<double> Caller, IReadOnlyList<double> Viewer)> MeasureAsync(ServerProcess server, Chromium browser)
    {
        await using var page = await browser.OpenProbeAsync(server.Address).ConfigureAwait(false);
        await using var other = await browser.OpenProbeAsync(server.Address).ConfigureAwait(false);
        var call = await page.CallAsync("stimulus").ConfigureAwait(false);
        var caller = await MeasureAsync(server, page, call, call).ConfigureAwait(false);
        var viewer = await MeasureAsync(server, other, call, await other.WatchAsync(call.Session).ConfigureAwait(false)).ConfigureAwait(false);
        await page.CloseAsync(call).ConfigureAwait(false);
        return (caller, viewer);
    }

    private static async Task<IReadOnlyList<double>> MeasureAsync(ServerProcess server, ProbePage page, ProbePeer call, ProbePeer watch)
    {
        using var channel = GrpcChannel.ForAddress($"http://localhost:{server.GrpcPort}");
        var control = new ControlService.ControlServiceClient(channel);
        var secret = new Metadata { { "authorization", $"Bearer {call.Location.Split('/')[^1]}" } };
        await ApplyAsync(new Command { Pose = new Pose { Weight = 1 } }).ConfigureAwait(false);
        await ApplyAsync(new Command { Gaze = new Gaze { Weight = 1 } }).ConfigureAwait(false);
        await ApplyAsync(new Command { AutomaticEmotion = 0 }).ConfigureAwait(false);
        await Task.Delay(Settling).ConfigureAwait(false);
        await page.RecordPictureAsync(watch, MouthRegion.Presenter).ConfigureAwait(false);
        await Task.Delay(Pause).ConfigureAwait(false);

        var sent = new List<double>();
        for (var i = 0; i < Commands; i++)
        {
            sent.Add(await page.EvaluateAsync<double>("performance.now()").ConfigureAwait(false));
            await ApplyAsync(new Command { Emotion = new Emotion { Named = { ["happy"] = i % 2 == 0 ? 1 : 0 } } }).ConfigureAwait(false);
            await Task.Delay(Pause + TimeSpan.FromMilliseconds(7 * (i % 6))).ConfigureAwait(false); // at every place between two frames
        }

        var frames = (await page.StopPictureAsync(watch).ConfigureAwait(false)).Frames;
        return [.. sent.Select(at => Shown(frames, at))];

        async Task ApplyAsync(Command command)
        {
            command.Ramp = new Ramp { Duration = new() };
            await control.ApplyAsync(new ApplyRequest { Session = call.Session, Command = command }, secret).ConfigureAwait(false);
        }
    }

    private static double Shown(IReadOnlyList<PictureFrame> frames, double sent)
    {
        var before = frames.TakeWhile(frame => frame.Presented < sent).TakeLast(IdleFrames).ToList();
        var idling = Math.Max(LeastIdling, before.SkipLast(1).Max(frame => Difference(frame, before[^1])));
        return frames.FirstOrDefault(frame => frame.Presented >= sent && Difference(frame, before[^1]) > 2 * idling) is { } shown
            ? shown.Presented - sent
            : throw new CallKitException("A command changed nothing that could be seen.");
    }

    private static double Difference(PictureFrame a, PictureFrame b) => a.Mouth.Zip(b.Mouth, (x, y) => Math.Abs(x - y)).Average();
}
