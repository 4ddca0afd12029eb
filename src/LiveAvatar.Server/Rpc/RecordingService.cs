using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using LiveAvatar.Server.Recordings;
using LiveAvatar.V1;

namespace LiveAvatar.Server.Rpc;

/// <summary>proto/liveavatar/v1/recording.proto.</summary>
internal sealed class RecordingService(SessionAccess access, RecordingStore store) : V1.RecordingService.RecordingServiceBase
{
    private const int PartBytes = 64 << 10;

    /// <inheritdoc/>
    public override Task<Recording> Start(StartRecordingRequest request, ServerCallContext context) =>
        Task.FromResult(Message(store.Start(access.ToChange(request.Session, context))));

    /// <inheritdoc/>
    public override async Task<Recording> Stop(StopRecordingRequest request, ServerCallContext context) =>
        Message(await store.StopAsync(access.ToChange(request.Session, context)).ConfigureAwait(false));

    /// <inheritdoc/>
    public override Task<ListRecordingsResponse> List(ListRecordingsRequest request, ServerCallContext context)
    {
        access.RequireChange(request.Session, context);
        return Task.FromResult(new ListRecordingsResponse { Recordings = { store.List(request.Session).Select(Message) } });
    }

    /// <inheritdoc/>
    public override async Task Download(DownloadRecordingRequest request, IServerStreamWriter<RecordingPart> responseStream, ServerCallContext context)
    {
        access.RequireChange(request.Session, context);
        var entry = Find(request.Session, request.Recording);
        using var until = access.Until(context);
        var file = new FileStream(entry.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, PartBytes, useAsync: true);
        await using (file.ConfigureAwait(false))
        {
            var buffer = new byte[PartBytes];
            for (var left = file.Length; left > 0;)
            {
                var length = await file.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, PartBytes)), until.Token).ConfigureAwait(false);
                if (length == 0)
                {
                    return; // shorter than it was: it was completed meanwhile
                }

                left -= length;
                await responseStream.WriteAsync(new RecordingPart { Data = ByteString.CopyFrom(buffer, 0, length) }, until.Token).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public override Task<DeleteRecordingResponse> Delete(DeleteRecordingRequest request, ServerCallContext context)
    {
        access.RequireChange(request.Session, context);
        store.Delete(request.Session, Find(request.Session, request.Recording));
        return Task.FromResult(new DeleteRecordingResponse());
    }

    private static Recording Message(RecordingEntry entry) => new()
    {
        Name = entry.Name,
        Started = Timestamp.FromDateTimeOffset(entry.Started),
        Duration = Duration.FromTimeSpan(entry.Recorder.Duration),
        Bytes = new FileInfo(entry.Path) is { Exists: true } file ? file.Length : 0,
        Recording_ = entry.IsRunning,
    };

    private RecordingEntry Find(string session, string name) =>
        store.Find(session, name) is { } entry && File.Exists(entry.Path) ? entry : throw RpcErrors.NoRecording(name);
}
