using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using LiveAvatar.Pipeline;
using LiveAvatar.Pipeline.Control;
using LiveAvatar.Pipeline.Recording;
using LiveAvatar.Pipeline.Voice;
using LiveAvatar.Server.Avatars;
using LiveAvatar.Server.Hosting;

namespace LiveAvatar.Server.Rpc;

/// <summary>Turns what services throw into gRPC statuses, in one place, as ProblemGuard does for HTTP.</summary>
/// <remarks>What a client caused is told to the client; only what we caused is logged.</remarks>
internal sealed class RpcGuard(ILogger<RpcGuard> logger) : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        GuardAsync(() => continuation(request, context), context);

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        GuardAsync(() => continuation(requestStream, context), context);

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        GuardAsync(() => Nothing(continuation(request, responseStream, context)), context);

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        GuardAsync(() => Nothing(continuation(requestStream, responseStream, context)), context);

    private static async Task<bool> Nothing(Task task)
    {
        await task.ConfigureAwait(false);
        return true;
    }

    private async Task<T> GuardAsync<T>(Func<Task<T>> call, ServerCallContext context)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (CapacityException e)
        {
            throw RpcErrors.Exhausted(e.Message, e.RetryAfter);
        }
        catch (FieldException e)
        {
            throw RpcErrors.Invalid(e.Field, e.Message);
        }
        catch (Exception e) when (e is VoiceTakenException or NoPictureException or RecordingException)
        {
            throw RpcErrors.Precondition(e.Message);
        }
        catch (AvatarStoreException e)
        {
            throw RpcErrors.Avatar(e);
        }
        catch (SessionEndedException)
        {
            throw RpcErrors.Ended();
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidDataException)
        {
            throw RpcErrors.Unreadable();
        }
        catch (Exception e) when (e is not RpcException && !context.CancellationToken.IsCancellationRequested)
        {
            Log.RequestFailed(logger, e, "gRPC", context.Method);
            throw RpcErrors.Failed();
        }
    }
}
