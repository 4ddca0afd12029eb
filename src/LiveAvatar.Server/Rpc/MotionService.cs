using Grpc.Core;
using LiveAvatar.Inference;
using LiveAvatar.V1;

namespace LiveAvatar.Server.Rpc;

/// <summary>proto/liveavatar/v1/motion.proto.</summary>
internal sealed class MotionService(SessionAccess access) : V1.MotionService.MotionServiceBase
{
    private const int HeadChannels = 6; // the last of every pack: yaw, pitch, roll, x, y, z

    /// <inheritdoc/>
    public override async Task Watch(WatchMotionRequest request, IServerStreamWriter<WatchMotionResponse> responseStream, ServerCallContext context)
    {
        var session = access.ToRead(request.Session, context);
        var pack = access.Pack;
        using var until = access.Until(context);
        using var motion = session.WatchMotion();
        await responseStream.WriteAsync(new WatchMotionResponse { Format = Format(pack) }, until.Token).ConfigureAwait(false);
        var writer = new MotionFrameWriter(pack.Motion);
        try
        {
            while (await motion.WaitAsync(until.Token).ConfigureAwait(false))
            {
                while (motion.TryTake(out var frame))
                {
                    var message = writer.Fill(frame, motion.Lost);
                    motion.Return(frame);
                    await responseStream.WriteAsync(message, until.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            throw SessionAccess.Stopping();
        }
    }

    private static MotionFormat Format(PackManifest pack) => new()
    {
        Coefficients = { pack.Motion.Take(pack.Motion.Count - HeadChannels) },
        Emotion = { pack.Emotions },
        FrameRate = pack.Video.FrameRate,
    };
}
