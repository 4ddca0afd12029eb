using Grpc.Core;
using Grpc.Net.Client;
using LiveAvatar.Pipeline;
using LiveAvatar.Rtc;
using LiveAvatar.Server.Configuration;
using LiveAvatar.V1;

namespace LiveAvatar.Server.Tests.Rpc;

/// <summary>A server with one call whose face lives, and gRPC clients for it.</summary>
internal sealed class RpcCall : IAsyncDisposable
{
    private readonly GrpcChannel _channel;

    private RpcCall(RunningServer server, AvatarSession session, string secret)
    {
        (Server, Session) = (server, session);
        _channel = GrpcChannel.ForAddress(server.Web.GrpcUrl);
        Secret = new Metadata { { "authorization", $"Bearer {secret}" } };
        Sessions = new SessionService.SessionServiceClient(_channel);
        Control = new ControlService.ControlServiceClient(_channel);
        Audio = new AudioService.AudioServiceClient(_channel);
        Motion = new MotionService.MotionServiceClient(_channel);
        Avatars = new AvatarService.AvatarServiceClient(_channel);
    }

    public RunningServer Server { get; }

    public AvatarSession Session { get; }

    public GrpcChannel Channel => _channel;

    public Metadata Secret { get; }

    public SessionService.SessionServiceClient Sessions { get; }

    public ControlService.ControlServiceClient Control { get; }

    public AudioService.AudioServiceClient Audio { get; }

    public MotionService.MotionServiceClient Motion { get; }

    public AvatarService.AvatarServiceClient Avatars { get; }

    /// <param name="connect">Tell the session that its driver is connected: the face then lives from silence, as with a muted microphone.</param>
    public static async Task<RpcCall> StartAsync(bool connect = true)
    {
        var server = await RunningServer.StartAsync();
        var resource = (await server.CallAsync()).ToString().Split('/'); // /whip/{session}/{secret}
        var session = server.Runtime.Host!.FindSession(resource[2])!;
        if (connect)
        {
            ((IPeerObserver)session).OnConnected();
        }

        return new RpcCall(server, session, resource[3]);
    }

    /// <summary>A server with one session whose voice is pushed.</summary>
    public static async Task<RpcCall> CreateAsync(CreateSessionRequest? request = null, Func<ServerOptions, ServerOptions>? change = null)
    {
        var server = await RunningServer.StartAsync(change);
        using var channel = GrpcChannel.ForAddress(server.Web.GrpcUrl);
        var made = await new SessionService.SessionServiceClient(channel).CreateAsync(
            request ?? new CreateSessionRequest(), cancellationToken: TestContext.Current.CancellationToken);
        return new RpcCall(server, server.Runtime.Host!.FindSession(made.Session)!, made.Secret);
    }

    /// <summary>A command for this session, to be applied.</summary>
    public ApplyRequest Request(Command command) => new() { Session = Session.Id, Command = command };

    /// <summary>Opens a stream of commands.</summary>
    public AsyncDuplexStreamingCall<SteerRequest, SteerResponse> Steer() => Control.Steer(Secret, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Applies a command.</summary>
    public async Task<Effect> ApplyAsync(Command command) =>
        await Control.ApplyAsync(Request(command), Secret, cancellationToken: TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _channel.Dispose();
    }
}
