using Grpc.Core;
using Grpc.Health.V1;
using LiveAvatar.Server.Hosting;

namespace LiveAvatar.Server.Rpc;

/// <summary>grpc.health.v1: SERVING while calls are taken, as /readyz says; the same for the server ("") and each service.</summary>
internal sealed class HealthService(AvatarRuntime runtime, SessionAccess access, TimeProvider time) : Health.HealthBase
{
    // Nobody routes faster than this; loading takes about a second, and a drain as long as calls last.
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    private static readonly HashSet<string> Services = new(StringComparer.Ordinal)
    {
        "",
        V1.SessionService.Descriptor.FullName,
        V1.ControlService.Descriptor.FullName,
        V1.AudioService.Descriptor.FullName,
        V1.MotionService.Descriptor.FullName,
        V1.RecordingService.Descriptor.FullName,
        V1.AvatarService.Descriptor.FullName,
    };

    private HealthCheckResponse.Types.ServingStatus Status =>
        runtime.State == RuntimeState.Ready ? HealthCheckResponse.Types.ServingStatus.Serving : HealthCheckResponse.Types.ServingStatus.NotServing;

    /// <inheritdoc/>
    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) => Services.Contains(request.Service)
        ? Task.FromResult(new HealthCheckResponse { Status = Status })
        : throw new RpcException(new Status(StatusCode.NotFound, $"There is no service '{request.Service}'."));

    /// <inheritdoc/>
    /// <remarks>An unknown service is SERVICE_UNKNOWN and the stream stays open, as the protocol asks.</remarks>
    public override async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        using var until = access.Until(context);
        var known = Services.Contains(request.Service);
        HealthCheckResponse.Types.ServingStatus? sent = null;
        try
        {
            while (true)
            {
                var status = known ? Status : HealthCheckResponse.Types.ServingStatus.ServiceUnknown;
                if (status != sent)
                {
                    await responseStream.WriteAsync(new HealthCheckResponse { Status = status }, until.Token).ConfigureAwait(false);
                    sent = status;
                }

                await Task.Delay(Poll, time, until.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            throw SessionAccess.Stopping();
        }
    }
}
