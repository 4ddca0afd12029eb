using Grpc.Core;
using LiveAvatar.Pipeline;
using LiveAvatar.Pipeline.Control;
using LiveAvatar.V1;

namespace LiveAvatar.Server.Rpc;

/// <summary>proto/liveavatar/v1/control.proto.</summary>
internal sealed class ControlService(SessionAccess access) : V1.ControlService.ControlServiceBase
{
    private static readonly TimeSpan FullRetry = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public override async Task<V1.Effect> Apply(ApplyRequest request, ServerCallContext context)
    {
        var session = access.ToChange(request.Session, context);
        try
        {
            var command = Offer(session, new CommandReader(access.Pack, () => access.Avatars), request.Command);
            using var until = access.Until(context);
            return Message(await command.Applied.WaitAsync(until.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            throw SessionAccess.Stopping();
        }
    }

    /// <inheritdoc/>
    public override async Task Steer(IAsyncStreamReader<SteerRequest> requestStream, IServerStreamWriter<SteerResponse> responseStream, ServerCallContext context)
    {
        using var until = access.Until(context);
        if (!await requestStream.MoveNext(until.Token).ConfigureAwait(false))
        {
            return; // a stream without a word is no mistake
        }

        var session = access.ToChange(requestStream.Current.Session, context);
        using var stream = new SteerStream(session, new CommandReader(access.Pack, () => access.Avatars), responseStream);
        try
        {
            await stream.RunAsync(requestStream, until).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            throw session.Ended.IsCompleted ? RpcErrors.Ended() : SessionAccess.Stopping();
        }
    }

    /// <summary>Reads a command and hands it to the session.</summary>
    /// <exception cref="FieldException">A field is wrong.</exception>
    /// <exception cref="CapacityException">Too many wait already.</exception>
    /// <exception cref="SessionEndedException">The session has ended.</exception>
    public static FaceCommand Offer(AvatarSession session, CommandReader reader, Command? message)
    {
        var command = reader.Read(message, session.Face.Newest.MediaTime);
        return session.Face.Offer(command) switch
        {
            OfferResult.Taken => command,
            OfferResult.Past => throw CommandReader.Past(session.Face.Newest.MediaTime),
            OfferResult.Full => throw new CapacityException($"{FaceControl.Capacity} commands wait for their time already.", FullRetry),
            _ => throw new SessionEndedException(),
        };
    }

    /// <summary>An effect as its message.</summary>
    public static V1.Effect Message(FaceEffect effect) => new()
    {
        Frame = effect.Frame,
        MediaTime = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(effect.MediaTime),
    };
}
