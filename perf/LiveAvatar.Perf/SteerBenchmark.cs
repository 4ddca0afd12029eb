using Grpc.Core;
using Grpc.Net.Client;
using LiveAvatar.CallKit;
using LiveAvatar.Results;
using LiveAvatar.CallKit.Analysis;
using LiveAvatar.V1;

namespace LiveAvatar.Perf;

/// <summary>What is measured.</summary>
/// <param name="Streams">Steer streams that are open and idle.</param>
internal sealed record SteerSettings(int Streams);

/// <summary>The numbers of one run.</summary>
/// <param name="BaseMiB">Memory of the server with the session and no stream.</param>
/// <param name="StreamsMiB">What the streams add.</param>
/// <param name="Answer">From a command to its answer on one stream, ms: up to a frame of 40 ms is waiting for its turn.</param>
/// <param name="AnswerAmongAll">The same with all streams open.</param>
/// <param name="Shown">From a command to the first frame that the caller's browser presents and that differs visibly, ms.</param>
/// <param name="ShownToViewer">The same in a viewer's browser, which holds pictures to keep them in step with the voice.</param>
internal sealed record SteerNumbers(double BaseMiB, double StreamsMiB, Percentiles Answer, Percentiles AnswerAmongAll, Percentiles Shown, Percentiles ShownToViewer);

/// <summary>Opens many Steer streams on one session of motion and steers with one of them; then steers a session that a browser watches.</summary>
internal static class SteerBenchmark
{
    private const int Commands = 100;
    private const double MiB = 1 << 20;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    public static Task<PerfResult<SteerSettings, SteerNumbers>> RunAsync(SteerSettings settings) => PerfCommand.ShowAsync("Starting the server…", async show =>
    {
        await using var browser = await Browser.LaunchAsync().ConfigureAwait(false);
        var machine = Machine.Describe(browser.Version);
        await using var server = await ServerProcess.StartAsync().ConfigureAwait(false);
        show("A browser watches…");
        var shown = await SteeredPicture.MeasureAsync(server, browser).ConfigureAwait(false);
        var numbers = await MeasureAsync(settings, server, shown, show).ConfigureAwait(false);
        return PerfResult<SteerSettings, SteerNumbers>.Of(machine, server.Log, settings, numbers);
    });

    private static async Task<SteerNumbers> MeasureAsync(SteerSettings settings, ServerProcess server, (Percentiles Caller, Percentiles Viewer) shown, Action<string> show)
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
        return new SteerNumbers(Math.Round(before / MiB, 1), Math.Round((after - before) / MiB, 1), alone, among, shown.Caller, shown.Viewer);
    }

    private static async Task<Percentiles> SteerAsync(AsyncDuplexStreamingCall<SteerRequest, SteerResponse> stream, string session)
    {
        var times = new List<double>();
        for (var i = 0; i < Commands; i++)
        {
            var began = TimeProvider.System.GetTimestamp();
            await AnswerAsync(stream, session).ConfigureAwait(false);
            times.Add(TimeProvider.System.GetElapsedTime(began).TotalMilliseconds);
        }

        return Percentiles.Of(times);
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
