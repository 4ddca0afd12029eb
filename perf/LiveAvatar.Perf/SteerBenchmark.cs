using Grpc.Core;
using Grpc.Net.Client;
using LiveAvatar.CallKit;
using LiveAvatar.Results;
using LiveAvatar.V1;

namespace LiveAvatar.Perf;

/// <summary>What is measured.</summary>
/// <param name="Streams">Steer streams that are open and idle.</param>
internal sealed record SteerSettings(int Streams);

/// <summary>Opens many Steer streams on one session of motion and steers with one of them; then steers a session that a browser watches.</summary>
internal static class SteerBenchmark
{
    private const int Commands = 100;
    private const double MiB = 1 << 20;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    public static Task<RunResult> RunAsync(SteerSettings settings) => PerfCommand.ShowAsync("Starting the server…", async show =>
    {
        await using var browser = await Chromium.LaunchAsync().ConfigureAwait(false);
        var machine = Machine.Describe(browser.Version);
        await using var server = await ServerProcess.StartAsync().ConfigureAwait(false);
        show("A browser watches…");
        var shown = await SteeredPicture.MeasureAsync(server, browser).ConfigureAwait(false);
        var numbers = await MeasureAsync(settings, server, shown, show).ConfigureAwait(false);
        return RunResults.Of("steer", machine, server.Log, new Dictionary<string, string> { ["streams"] = $"{settings.Streams}" }, numbers);
    });

    private static async Task<IReadOnlyList<Metric>> MeasureAsync(SteerSettings settings, ServerProcess server, (IReadOnlyList<double> Caller, IReadOnlyList<double> Viewer) shown, Action<string> show)
    {
        await using var speaker = await Speaker.CreateAsync(server, new CreateSessionRequest { MotionOnly = true, IdleTimeout = new() { Seconds = 3600 } }).ConfigureAwait(false);
        using var handler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true };
        using var channel = GrpcChannel.ForAddress($"http://localhost:{server.GrpcPort}", new GrpcChannelOptions { HttpHandler = handler });
        var control = new ControlService.ControlServiceClient(channel);
        var secret = new Metadata { { "authorization", $"Bearer {speaker.Secret}" } };
        using var one = control.Steer(secret);
        show("One stream…");
        var alone = await SteerAsync(one, speaker.Session).ConfigureAwait(false);
        await Task.Delay(Settling).ConfigureAwait(false);
        var before = server.ResidentBytes;

        show($"{settings.Streams} streams…");
        var streams = new List<AsyncDuplexStreamingCall<SteerRequest, SteerResponse>>();
        while (streams.Count < settings.Streams)
        {
            var stream = control.Steer(secret);
            streams.Add(stream);
            await AnswerAsync(stream, speaker.Session).ConfigureAwait(false); // the server has taken it in
        }

        await Task.Delay(Settling).ConfigureAwait(false);
        var after = server.ResidentBytes;
        var among = await SteerAsync(one, speaker.Session).ConfigureAwait(false);
        streams.ForEach(stream => stream.Dispose());
        return
        [
            Metric.Many("steer/shown", "command to changed picture, at the caller", "ms", Better.Lower, shown.Caller, RunResults.Most(150, "p50"), RunResults.Most(250, "p95")),
            Metric.Many("steer/shown_viewer", "command to changed picture, at a viewer", "ms", Better.Lower, shown.Viewer, RunResults.Most(150, "p50"), RunResults.Most(250, "p95")),
            Metric.Many("steer/answer", "command to answer", "ms", Better.Lower, alone),
            Metric.Many("steer/answer_among", $"command to answer with {settings.Streams} open streams", "ms", Better.Lower, among),
            Metric.Single("steer/memory", "memory of the server with one session", "MiB", Better.Lower, before / MiB),
            Metric.Single("steer/streams", $"memory of {settings.Streams} open streams", "MiB", Better.Lower, (after - before) / MiB, RunResults.Most(100)),
        ];
    }

    private static async Task<IReadOnlyList<double>> SteerAsync(AsyncDuplexStreamingCall<SteerRequest, SteerResponse> stream, string session)
    {
        var times = new List<double>();
        for (var i = 0; i < Commands; i++)
        {
            var began = TimeProvider.System.GetTimestamp();
            await AnswerAsync(stream, session).ConfigureAwait(false);
            times.Add(TimeProvider.System.GetElapsedTime(began).TotalMilliseconds);
        }

        return times;
    }

    private static async Task AnswerAsync(AsyncDuplexStreamingCall<SteerRequest, SteerResponse> stream, string session)
    {
        await stream.RequestStream.WriteAsync(new SteerRequest { Session = session, Command = new Command { Blink = new() } }).ConfigureAwait(false);
        if (!await stream.ResponseStream.MoveNext(CancellationToken.None).ConfigureAwait(false) || stream.ResponseStream.Current.Effect is null)
        {
            throw new CallKitException($"A command was answered with {stream.ResponseStream.Current}");
        }
    }
}
