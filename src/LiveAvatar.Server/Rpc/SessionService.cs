using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using LiveAvatar.Pipeline;
using LiveAvatar.Server.Access;
using LiveAvatar.V1;

namespace LiveAvatar.Server.Rpc;

/// <summary>proto/liveavatar/v1/session.proto.</summary>
internal sealed class SessionService(SessionAccess access, TimeProvider time) : V1.SessionService.SessionServiceBase
{
    private const int ShortIdLength = 8; // as GET /api/sessions
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(0.1);
    private static readonly TimeSpan MostInterval = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan DefaultIdle = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LeastIdle = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MostIdle = TimeSpan.FromHours(24);

    /// <inheritdoc/>
    public override Task<CreateSessionResponse> Create(CreateSessionRequest request, ServerCallContext context)
    {
        access.RequireDrive(context);
        var wanted = new SessionRequest
        {
            Avatar = Avatar(request.Avatar),
            AutomaticEmotion = request.AutomaticEmotion is { } amount ? Fields.Share("automatic_emotion", amount) : null,
            Seed = request.Seed is { } seed ? Fields.Seed("seed", seed) : null,
        };
        var idle = request.IdleTimeout is { } given ? Fields.Duration("idle_timeout", given, LeastIdle, MostIdle) : DefaultIdle;
        var session = access.Host.CreateSession(wanted, request.MotionOnly, idle);
        return Task.FromResult(new CreateSessionResponse { Session = session.Id, Secret = access.SecretOf(session) });
    }

    /// <inheritdoc/>
    public override Task<ListSessionsResponse> List(ListSessionsRequest request, ServerCallContext context)
    {
        access.RequireAdmin(context);
        var sessions = access.Host.Sessions.Select(session => session.GetStatistics()).Select(session => new SessionSummary
        {
            ShortId = session.Id[..Math.Min(ShortIdLength, session.Id.Length)],
            Avatar = session.Avatar,
            Age = Duration.FromTimeSpan(session.Age),
            Viewers = session.Viewers,
        });
        return Task.FromResult(new ListSessionsResponse { Sessions = { sessions } });
    }

    /// <inheritdoc/>
    public override Task<Session> Get(GetSessionRequest request, ServerCallContext context) =>
        Task.FromResult(new SessionReport(access.ToRead(request.Session, context), access.Pack).Take());

    /// <inheritdoc/>
    public override async Task<CloseSessionResponse> Close(CloseSessionRequest request, ServerCallContext context)
    {
        await access.ToChange(request.Session, context).CloseAsync(Rtc.SessionEndReason.PeerClosed).ConfigureAwait(false);
        return new CloseSessionResponse();
    }

    /// <inheritdoc/>
    public override Task<CreateViewerTokenResponse> CreateViewerToken(CreateViewerTokenRequest request, ServerCallContext context)
    {
        var (least, most, usual) = ViewerTokens.Lifetime;
        var lifetime = request.Lifetime is { } given ? Fields.Duration("lifetime", given, least, most) : usual;
        var token = access.ViewerToken(request.Session, lifetime, context);
        return Task.FromResult(new CreateViewerTokenResponse { Token = token, ExpiresIn = token.Length > 0 ? Duration.FromTimeSpan(lifetime) : null });
    }

    /// <inheritdoc/>
    public override async Task Watch(WatchSessionRequest request, IServerStreamWriter<WatchSessionResponse> responseStream, ServerCallContext context)
    {
        var interval = request.Interval is { } given ? Fields.Duration("interval", given, LeastInterval, MostInterval) : DefaultInterval;
        var session = access.ToRead(request.Session, context);
        var report = new SessionReport(session, access.Pack);
        using var until = access.Until(context);
        try
        {
            while (!session.Ended.IsCompleted)
            {
                await responseStream.WriteAsync(new WatchSessionResponse { Session = report.Take() }, until.Token).ConfigureAwait(false);
                await Task.WhenAny(session.Ended, Task.Delay(interval, time, until.Token)).ConfigureAwait(false);
                until.Token.ThrowIfCancellationRequested();
            }

            var reason = await session.Ended.ConfigureAwait(false);
            await responseStream.WriteAsync(new WatchSessionResponse { Ended = new SessionEnded { Reason = Message(reason) } }, until.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            throw SessionAccess.Stopping();
        }
    }

    private string? Avatar(string name) => name.Length == 0 ? null : Fields.Avatar("avatar", name, access.Avatars);

    private static V1.SessionEndReason Message(Rtc.SessionEndReason reason) => reason switch
    {
        Rtc.SessionEndReason.LocalClose => V1.SessionEndReason.LocalClose,
        Rtc.SessionEndReason.PeerClosed => V1.SessionEndReason.PeerClosed,
        Rtc.SessionEndReason.PeerTimedOut => V1.SessionEndReason.PeerTimedOut,
        Rtc.SessionEndReason.IceFailed => V1.SessionEndReason.IceFailed,
        Rtc.SessionEndReason.DtlsFailed => V1.SessionEndReason.DtlsFailed,
        Rtc.SessionEndReason.FingerprintMismatch => V1.SessionEndReason.FingerprintMismatch,
        Rtc.SessionEndReason.ServerShutdown => V1.SessionEndReason.ServerShutdown,
        Rtc.SessionEndReason.MediaFailed => V1.SessionEndReason.MediaFailed,
        Rtc.SessionEndReason.IdleTimedOut => V1.SessionEndReason.IdleTimedOut,
        _ => V1.SessionEndReason.Unspecified,
    };
}
