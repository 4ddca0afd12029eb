using Google.Protobuf;
using Grpc.Core;
using LiveAvatar.Inference;
using LiveAvatar.Server.Api;
using LiveAvatar.V1;

namespace LiveAvatar.Server.Rpc;

/// <summary>proto/liveavatar/v1/avatar.proto.</summary>
internal sealed class AvatarService(SessionAccess access) : V1.AvatarService.AvatarServiceBase
{
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

    private static Avatar Message(AvatarInfo avatar) => new() { Name = avatar.Name, DisplayName = avatar.DisplayName, Description = avatar.Description };

    private AvatarInfo Find(string name) =>
        access.Avatars.FirstOrDefault(avatar => avatar.Name == name) ?? throw RpcErrors.NoAvatar(name, access.Avatars.Select(avatar => avatar.Name));
}
