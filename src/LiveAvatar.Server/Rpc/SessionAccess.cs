using Grpc.Core;
using LiveAvatar.Inference;
using LiveAvatar.Pipeline;
using LiveAvatar.Server.Access;
using LiveAvatar.Server.Hosting;
using LiveAvatar.Server.Signalling;

namespace LiveAvatar.Server.Rpc;

/// <summary>Finds the session a call is about and checks that the caller may do what it asks; <see cref="AccessPolicy"/> decides.</summary>
internal sealed class SessionAccess(AvatarRuntime runtime, ResourceTokens tokens, AccessPolicy policy, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan LoadingRetry = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StoppingRetry = TimeSpan.FromSeconds(10);

    /// <summary>The sessions.</summary>
    /// <exception cref="RpcException">UNAVAILABLE while the models are loaded.</exception>
    public AvatarHost Host => runtime.Host ?? throw Loading();

    /// <summary>The pack that is loaded.</summary>
    /// <exception cref="RpcException">UNAVAILABLE while the models are loaded.</exception>
    public PackManifest Pack => (runtime.Engine ?? throw Loading()).Pack.Manifest;

    /// <summary>The avatars there are.</summary>
    /// <exception cref="RpcException">UNAVAILABLE while the models are loaded.</exception>
    public IReadOnlyList<AvatarInfo> Avatars => Engine.Avatars;

    /// <summary>What runs the models.</summary>
    /// <exception cref="RpcException">UNAVAILABLE while the models are loaded.</exception>
    public InferenceEngine Engine => runtime.Engine ?? throw Loading();

    /// <summary>A session for somebody who only reads: the id is enough, and where keys are required one for watching, a viewer token or the secret.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT without an id, UNAUTHENTICATED, PERMISSION_DENIED, NOT_FOUND.</exception>
    public AvatarSession ToRead(string id, ServerCallContext context)
    {
        Require(AccessRole.Watch, Named(id), context);
        return Host.FindSession(id) ?? throw RpcErrors.NoSession();
    }

    /// <summary>A session for somebody who changes it: the call must bring its secret, or a key for control.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT without an id, UNAUTHENTICATED, PERMISSION_DENIED, NOT_FOUND.</exception>
    public AvatarSession ToChange(string id, ServerCallContext context)
    {
        RequireChange(id, context);
        return Host.FindSession(id) ?? throw RpcErrors.NoSession();
    }

    /// <summary>As <see cref="ToChange"/>, for what outlives the session.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT without an id, UNAUTHENTICATED, PERMISSION_DENIED, NOT_FOUND.</exception>
    public void RequireChange(string id, ServerCallContext context) => Require(AccessRole.Control, Named(id), context);

    /// <summary>What a session's caller needs to change it.</summary>
    public string SecretOf(AvatarSession session) => tokens.For(session.Id);

    /// <summary>Lets those make sessions who may.</summary>
    /// <exception cref="RpcException">UNAUTHENTICATED, PERMISSION_DENIED, RESOURCE_EXHAUSTED.</exception>
    public void RequireDrive(ServerCallContext context) => Require(AccessRole.Drive, null, context, RequestKind.Session);

    /// <summary>Lets those see what runs who may.</summary>
    /// <exception cref="RpcException">UNAUTHENTICATED, PERMISSION_DENIED.</exception>
    public void RequireAdmin(ServerCallContext context) => Require(AccessRole.Admin, null, context);

    /// <summary>Makes a viewer token of a session; empty where viewers need none.</summary>
    /// <exception cref="RpcException">As <see cref="ToChange"/>, and RESOURCE_EXHAUSTED.</exception>
    public string ViewerToken(string id, TimeSpan lifetime, ServerCallContext context)
    {
        Require(AccessRole.Control, Named(id), context, RequestKind.Token);
        var session = Host.FindSession(id) ?? throw RpcErrors.NoSession();
        return policy.ViewerToken(session.Id, lifetime) ?? "";
    }

    /// <summary>Ends when the client goes, the deadline passes or the server stops; a stream that waits must not hold up a stop.</summary>
    public CancellationTokenSource Until(ServerCallContext context) =>
        CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);

    /// <summary>UNAVAILABLE: the server stops under a call that waits.</summary>
    public static RpcException Stopping() => RpcErrors.Unavailable("The server is stopping.", StoppingRetry);

    private static RpcException Loading() => RpcErrors.Unavailable("The models are still being loaded. Ask again in a moment.", LoadingRetry);

    private static string Named(string id) => id.Length > 0 ? id : throw RpcErrors.Invalid("session", "name the session by its id.");

    private void Require(AccessRole needed, string? session, ServerCallContext context, RequestKind kind = RequestKind.Other)
    {
        var answer = policy.Check(context.GetHttpContext(), needed, session, kind);
        if (answer.Verdict != AccessVerdict.Granted)
        {
            throw answer.Verdict switch
            {
                AccessVerdict.Missing when !policy.Enabled => RpcErrors.NoSecret(),
                AccessVerdict.Missing or AccessVerdict.Unknown or AccessVerdict.Expired => RpcErrors.Unauthenticated(answer.Message),
                AccessVerdict.Forbidden => RpcErrors.Denied(answer.Message),
                AccessVerdict.Limited => RpcErrors.Exhausted(answer.Message, answer.RetryAfter),
                _ => RpcErrors.NoSession(),
            };
        }
    }
}
