using Grpc.Core;
using LiveAvatar.Inference;
using LiveAvatar.Pipeline;
using LiveAvatar.Server.Hosting;
using LiveAvatar.Server.Signalling;

namespace LiveAvatar.Server.Rpc;

/// <summary>Finds the session a call is about and checks that the caller may do what it asks.</summary>
internal sealed class SessionAccess(AvatarRuntime runtime, ResourceTokens tokens, IHostApplicationLifetime lifetime)
{
    private const string Scheme = "Bearer ";
    private static readonly TimeSpan LoadingRetry = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StoppingRetry = TimeSpan.FromSeconds(10);

    /// <summary>The sessions.</summary>
    /// <exception cref="RpcException">UNAVAILABLE while the models are loaded.</exception>
    public AvatarHost Host => runtime.Host ?? throw Loading();

    /// <summary>The pack that is loaded.</summary>
    /// <exception cref="RpcException">UNAVAILABLE while the models are loaded.</exception>
    public PackManifest Pack => (runtime.Engine ?? throw Loading()).Pack.Manifest;

    /// <summary>The pack's avatars.</summary>
    /// <exception cref="RpcException">UNAVAILABLE while the models are loaded.</exception>
    public IReadOnlyList<AvatarInfo> Avatars => (runtime.Engine ?? throw Loading()).Avatars;

    /// <summary>A session for somebody who only reads: the id is enough.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT without an id, NOT_FOUND.</exception>
    public AvatarSession ToRead(string id) => id.Length == 0
        ? throw RpcErrors.Invalid("session", "name the session by its id.")
        : Host.FindSession(id) ?? throw RpcErrors.NoSession();

    /// <summary>A session for somebody who changes it: the call must bring its secret.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT without an id, UNAUTHENTICATED without a secret, NOT_FOUND.</exception>
    public AvatarSession ToChange(string id, ServerCallContext context)
    {
        if (id.Length == 0)
        {
            return ToRead(id);
        }

        var authorization = context.RequestHeaders.GetValue("authorization");
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            throw RpcErrors.NoSecret();
        }

        return tokens.Matches(id, authorization[Scheme.Length..].Trim()) ? ToRead(id) : throw RpcErrors.NoSession();
    }

    /// <summary>What a session's caller needs to change it.</summary>
    public string SecretOf(AvatarSession session) => tokens.For(session.Id);

    /// <summary>Ends when the client goes, the deadline passes or the server stops; a stream that waits must not hold up a stop.</summary>
    public CancellationTokenSource Until(ServerCallContext context) =>
        CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);

    /// <summary>UNAVAILABLE: the server stops under a call that waits.</summary>
    public static RpcException Stopping() => RpcErrors.Unavailable("The server is stopping.", StoppingRetry);

    private static RpcException Loading() => RpcErrors.Unavailable("The models are still being loaded. Ask again in a moment.", LoadingRetry);
}
