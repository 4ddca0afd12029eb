using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using LiveAvatar.Server.Avatars;
using Status = Google.Rpc.Status;

namespace LiveAvatar.Server.Rpc;

/// <summary>The errors of all services, each with what a program needs to react (grpc-status-details-bin).</summary>
internal static class RpcErrors
{
    /// <summary>INVALID_ARGUMENT with the field that is wrong.</summary>
    public static RpcException Invalid(string field, string message) => Make(
        Code.InvalidArgument,
        $"{field}: {message}",
        new BadRequest { FieldViolations = { new BadRequest.Types.FieldViolation { Field = field, Description = message } } });

    /// <summary>NOT_FOUND for a session; a wrong secret and a session that is gone look the same from outside.</summary>
    public static RpcException NoSession() => Make(Code.NotFound, "There is no such session; it may have ended, or the secret is not its own.");

    /// <summary>NOT_FOUND for a recording.</summary>
    public static RpcException NoRecording(string name) => Make(Code.NotFound, $"The session has no recording '{name}'.");

    /// <summary>NOT_FOUND for an avatar.</summary>
    public static RpcException NoAvatar(string name, IEnumerable<string> known) =>
        Make(Code.NotFound, $"There is no avatar '{name}'. This server has: {string.Join(", ", known)}.");

    /// <summary>ALREADY_EXISTS or FAILED_PRECONDITION: why an avatar is not added or taken away.</summary>
    public static RpcException Avatar(AvatarStoreException error) => Make(error.IsTaken ? Code.AlreadyExists : Code.FailedPrecondition, error.Message);

    /// <summary>UNAUTHENTICATED: no secret was sent.</summary>
    public static RpcException NoSecret() =>
        Make(Code.Unauthenticated, "This needs the session's secret: send the metadata 'authorization: Bearer SECRET', from SessionService.Create or the last part of the call's WHIP Location.");

    /// <summary>UNAUTHENTICATED: what was sent is not enough to know who calls.</summary>
    public static RpcException Unauthenticated(string message) => Make(Code.Unauthenticated, message);

    /// <summary>PERMISSION_DENIED: who calls is known, and may not do this.</summary>
    public static RpcException Denied(string message) => Make(Code.PermissionDenied, message);

    /// <summary>UNAVAILABLE, with when to come back.</summary>
    public static RpcException Unavailable(string message, TimeSpan retryAfter) => Make(Code.Unavailable, message, Retry(retryAfter));

    /// <summary>RESOURCE_EXHAUSTED, with when to come back.</summary>
    public static RpcException Exhausted(string message, TimeSpan retryAfter) => Make(Code.ResourceExhausted, message, Retry(retryAfter));

    /// <summary>FAILED_PRECONDITION: the session is not in a state to do it.</summary>
    public static RpcException Precondition(string message) => Make(Code.FailedPrecondition, message);

    /// <summary>ABORTED: the session ended under the call.</summary>
    public static RpcException Ended() => Make(Code.Aborted, "The session has ended.");

    /// <summary>INTERNAL: a message of a stream is no protobuf, or not compressed as it says.</summary>
    public static RpcException Unreadable() => Make(Code.Internal, "The message cannot be read.");

    /// <summary>INTERNAL: the fault is ours.</summary>
    public static RpcException Failed() => Make(Code.Internal, "The server failed. The cause is in its log.");

    private static RetryInfo Retry(TimeSpan after) => new() { RetryDelay = Duration.FromTimeSpan(after) };

    private static RpcException Make(Code code, string message, Google.Protobuf.IMessage? detail = null)
    {
        var status = new Status { Code = (int)code, Message = message };
        if (detail is not null)
        {
            status.Details.Add(Any.Pack(detail));
        }

        return status.ToRpcException();
    }
}
