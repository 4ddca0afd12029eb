using Grpc.Core;
using LiveAvatar.Pipeline;
using LiveAvatar.Pipeline.Control;
using LiveAvatar.V1;

namespace LiveAvatar.Server.Rpc;

/// <summary>One ControlService.Steer: takes commands as they come and answers each when it has taken effect.</summary>
/// <remarks>
/// One loop reads; each command that was taken has a task that waits for its effect and writes the answer. A client that does
/// not read its answers is not read from either once <see cref="FaceControl.Capacity"/> answers wait.
/// </remarks>
internal sealed class SteerStream(AvatarSession session, CommandReader reader, IServerStreamWriter<SteerResponse> responses) : IDisposable
{
    private readonly SemaphoreSlim _writing = new(1); // a gRPC stream takes one message at a time
    private readonly List<Task> _answers = [];

    /// <summary>Runs until the client has said all and everything is answered.</summary>
    /// <param name="requests">The client's side, its first message already read.</param>
    /// <param name="until">Ends the stream; cancelled here when the session ends.</param>
    /// <exception cref="OperationCanceledException">The stream was ended from outside, or the session has ended.</exception>
    public async Task RunAsync(IAsyncStreamReader<SteerRequest> requests, CancellationTokenSource until)
    {
        var watching = EndWithSessionAsync(until);
        try
        {
            do
            {
                await TakeAsync(requests.Current, until.Token).ConfigureAwait(false);
            }
            while (await requests.MoveNext(until.Token).ConfigureAwait(false));

            await Task.WhenAll(_answers).ConfigureAwait(false);
        }
        finally
        {
            // Whatever ended the stream, nothing may write to it after this method.
            await until.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
            await Task.WhenAll(_answers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _writing.Dispose();

    private async Task EndWithSessionAsync(CancellationTokenSource until)
    {
        await Task.WhenAny(session.Ended, Task.Delay(Timeout.Infinite, until.Token)).ConfigureAwait(false);
        await until.CancelAsync().ConfigureAwait(false);
    }

    private async Task TakeAsync(SteerRequest request, CancellationToken cancellation)
    {
        _answers.RemoveAll(answer => answer.IsCompletedSuccessfully);
        while (_answers.Count >= FaceControl.Capacity)
        {
            await await Task.WhenAny(_answers).ConfigureAwait(false);
            _answers.RemoveAll(answer => answer.IsCompletedSuccessfully);
        }

        try
        {
            if (request.Session.Length > 0 && request.Session != session.Id)
            {
                throw new FieldException("session", "a stream steers one session; open another stream for another session.");
            }

            _answers.Add(AnswerAsync(request.Id, ControlService.Offer(session, reader, request.Command), cancellation));
        }
        catch (FieldException e)
        {
            await RefuseAsync(request.Id, StatusCode.InvalidArgument, e.Field, e.Message, cancellation).ConfigureAwait(false);
        }
        catch (CapacityException e)
        {
            await RefuseAsync(request.Id, StatusCode.ResourceExhausted, "", e.Message, cancellation).ConfigureAwait(false);
        }
    }

    private async Task AnswerAsync(ulong id, FaceCommand command, CancellationToken cancellation)
    {
        var effect = await command.Applied.WaitAsync(cancellation).ConfigureAwait(false);
        await WriteAsync(new SteerResponse { Id = id, Effect = ControlService.Message(effect) }, cancellation).ConfigureAwait(false);
    }

    private Task RefuseAsync(ulong id, StatusCode code, string field, string message, CancellationToken cancellation) =>
        WriteAsync(new SteerResponse { Id = id, Error = new CommandError { Code = (int)code, Field = field, Message = message } }, cancellation);

    private async Task WriteAsync(SteerResponse response, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await responses.WriteAsync(response, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }
}
