using Google.Protobuf;
using Grpc.Core;
using LiveAvatar.Codecs;
using LiveAvatar.Inference;
using LiveAvatar.Server.Api;
using LiveAvatar.Server.Avatars;
using LiveAvatar.V1;

namespace LiveAvatar.Server.Rpc;

/// <summary>proto/liveavatar/v1/avatar.proto.</summary>
internal sealed class AvatarService(SessionAccess access, AvatarStore store) : V1.AvatarService.AvatarServiceBase
{
    private const int MaxDisplayName = 200; // as pack.json
    private const int MaxDescription = 2000;

    /// <inheritdoc/>
    public override Task<ListAvatarsResponse> List(ListAvatarsRequest request, ServerCallContext context) => Task.FromResult(new ListAvatarsResponse
    {
        Avatars = { access.Avatars.Select(Message) },
        Emotions = { access.Pack.Emotions },
    });

    /// <inheritdoc/>
    public override Task<Avatar> Get(GetAvatarRequest request, ServerCallContext context) => Task.FromResult(Message(Find(request.Name)));

    /// <inheritdoc/>
    public override async Task<Portrait> GetPortrait(GetPortraitRequest request, ServerCallContext context)
    {
        var path = Find(request.Name).PortraitPath;
        context.WriteOptions = new WriteOptions(WriteFlags.NoCompress); // pictures are compressed already
        return new Portrait
        {
            MediaType = PortraitType.Of(path),
            Data = UnsafeByteOperations.UnsafeWrap(await File.ReadAllBytesAsync(path, context.CancellationToken).ConfigureAwait(false)),
        };
    }

    /// <inheritdoc/>
    public override async Task<Avatar> Upload(UploadAvatarRequest request, ServerCallContext context)
    {
        access.RequireAdmin(context);
        var name = AvatarStore.IsName(request.Name)
            ? request.Name
            : throw new FieldException("name", "is 1 to 64 lower-case letters, digits and hyphens, a hyphen not first.");
        var displayName = Fields.Text("display_name", request.DisplayName, MaxDisplayName);
        var details = new AvatarDetails(displayName.Length > 0 ? displayName : name, Fields.Text("description", request.Description, MaxDescription));
        var engine = access.Engine;
        try
        {
            // Decoding and encoding take a core for a while: not one of those that answer requests.
            return Message(await Task.Run(() => store.Add(engine, name, details, request.Portrait.Span)).ConfigureAwait(false));
        }
        catch (ImageFileException e)
        {
            throw new FieldException("portrait", e.Message);
        }
        catch (ModelStepException)
        {
            throw new FieldException("portrait", "the models make no avatar of this picture; choose another.");
        }
    }

    /// <inheritdoc/>
    public override Task<DeleteAvatarResponse> Delete(DeleteAvatarRequest request, ServerCallContext context)
    {
        access.RequireAdmin(context);
        Find(request.Name);
        store.Remove(access.Engine, request.Name);
        return Task.FromResult(new DeleteAvatarResponse());
    }

    private static Avatar Message(AvatarInfo avatar) => new() { Name = avatar.Name, DisplayName = avatar.DisplayName, Description = avatar.Description };

    private AvatarInfo Find(string name) =>
        access.Avatars.FirstOrDefault(avatar => avatar.Name == name) ?? throw RpcErrors.NoAvatar(name, access.Avatars.Select(avatar => avatar.Name));
}
