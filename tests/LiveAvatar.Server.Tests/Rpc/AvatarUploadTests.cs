using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using LiveAvatar.Server.Configuration;
using LiveAvatar.V1;

namespace LiveAvatar.Server.Tests.Rpc;

/// <summary>Avatars that are uploaded, with the tiny pack, which takes any portrait.</summary>
[Trait("Category", "unit")]
public sealed class AvatarUploadTests : IAsyncLifetime
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"liveavatar-avatars-{Guid.NewGuid():N}");
    private RpcCall _call = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static byte[] Ada => File.ReadAllBytes(Path.Combine(Checkout.TinyPack, "avatars", "ada", "portrait.png"));

    public async ValueTask InitializeAsync() => _call = await RpcCall.CreateAsync(change: Here);

    public async ValueTask DisposeAsync()
    {
        await _call.DisposeAsync();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Fact]
    public async Task Uploaded_IsListedShownAndDrawnAndOutlivesTheServer()
    {
        var avatar = await UploadAsync("eve");
        Assert.Equal(("eve", "Eve", "Like Ada."), (avatar.Name, avatar.DisplayName, avatar.Description));
        Assert.Equal(["ada", "bob", "eve"], await NamesAsync(_call));
        Assert.Equal(Ada, (await _call.Avatars.GetPortraitAsync(new GetPortraitRequest { Name = "eve" }, cancellationToken: Cancellation)).Data);
        await _call.ApplyAsync(new Command { Avatar = "eve" });
        Assert.Equal("eve", _call.Session.Avatar);
        using var portrait = await _call.Server.Client.GetAsync(new Uri("/api/avatars/eve/portrait", UriKind.Relative), Cancellation);
        Assert.Equal("image/png", portrait.Content.Headers.ContentType?.MediaType);

        await using var next = await RpcCall.CreateAsync(new CreateSessionRequest { Avatar = "eve" }, Here);
        Assert.Equal(["ada", "bob", "eve"], await NamesAsync(next));
    }

    [Fact]
    public async Task Deleted_IsGoneButWhoShowsItGoesOn()
    {
        await UploadAsync("eve");
        await _call.ApplyAsync(new Command { Avatar = "eve" });
        var watched = await _call.Server.OfferAsync($"/whep/{_call.Session.Id}", "chromium-viewer");
        watched.Dispose();
        ((Rtc.IPeerObserver)_call.Session.Viewers[0]).OnConnected(); // now it is drawn
        await DeleteAsync("eve");
        Assert.Equal(["ada", "bob"], await NamesAsync(_call));
        Assert.False(Directory.Exists(Path.Combine(_folder, "eve")));
        var drawn = _call.Session.GetStatistics().Counts["frames_drawn"];
        for (var i = 0; i < 20; i++)
        {
            await _call.ApplyAsync(new Command { Blink = new() });
        }

        Assert.True(_call.Session.GetStatistics().Counts["frames_drawn"] > drawn + 5);
        Assert.False(_call.Session.Ended.IsCompleted);
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => _call.ApplyAsync(new Command { Avatar = "eve" }))).StatusCode);
        await UploadAsync("eve"); // its name is free again
    }

    public static TheoryData<string, UploadAvatarRequest> Wrong => new()
    {
        { "name", new UploadAvatarRequest { Name = "" } },
        { "name", new UploadAvatarRequest { Name = "Eve" } },
        { "name", new UploadAvatarRequest { Name = "../eve" } },
        { "name", new UploadAvatarRequest { Name = "-eve" } },
        { "name", new UploadAvatarRequest { Name = "eve\n" } },
        { "name", new UploadAvatarRequest { Name = new string('e', 65) } },
        { "display_name", new UploadAvatarRequest { Name = "eve", DisplayName = new string('x', 201) } },
        { "description", new UploadAvatarRequest { Name = "eve", Description = new string('x', 2001) } },
        { "portrait", new UploadAvatarRequest { Name = "eve" } },
        { "portrait", new UploadAvatarRequest { Name = "eve", Portrait = ByteString.CopyFromUtf8("no picture") } },
        { "portrait", new UploadAvatarRequest { Name = "eve", Portrait = ByteString.CopyFrom(Ada, 0, 60) } },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public async Task WrongUpload_NamesTheFieldAndLeavesNothing(string field, UploadAvatarRequest request)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => _call.Avatars.UploadAsync(request, cancellationToken: Cancellation).ResponseAsync);
        Assert.Equal((StatusCode.InvalidArgument, field), (error.StatusCode, error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Single().Field));
        Assert.Equal(["ada", "bob"], await NamesAsync(_call));
        Assert.False(Directory.Exists(_folder));
    }

    [Fact]
    public async Task TakenOrOwnName_IsRefused()
    {
        await UploadAsync("eve");
        Assert.Equal(StatusCode.AlreadyExists, await CodeAsync(() => UploadAsync("eve")));
        Assert.Equal(StatusCode.AlreadyExists, await CodeAsync(() => UploadAsync("ada")));
        Assert.Equal(StatusCode.FailedPrecondition, await CodeAsync(() => DeleteAsync("ada")));
        Assert.Equal(StatusCode.NotFound, await CodeAsync(() => DeleteAsync("nobody")));
        Assert.Equal(["ada", "bob", "eve"], await NamesAsync(_call));
    }

    [Fact]
    public async Task PortraitOfThreeMegabytes_IsTaken()
    {
        // A PNG may be followed by anything; what is over 1 MiB is over every other message's limit.
        var avatar = await _call.Avatars.UploadAsync(
            new UploadAvatarRequest { Name = "big", Portrait = ByteString.CopyFrom([.. Ada, .. new byte[3 << 20]]) }, cancellationToken: Cancellation);
        Assert.Equal("big", avatar.DisplayName);
    }

    [Fact]
    public async Task PackOfItsOwnPeople_RefusesUploads()
    {
        var pack = Directory.CreateTempSubdirectory("liveavatar-own").FullName;
        foreach (var file in Directory.GetFiles(Checkout.TinyPack, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(pack, Path.GetRelativePath(Checkout.TinyPack, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        var manifest = Path.Combine(pack, "pack.json");
        await File.WriteAllTextAsync(manifest, (await File.ReadAllTextAsync(manifest, Cancellation)).Replace("\"any\"", "\"own\"", StringComparison.Ordinal), Cancellation);
        await using (var own = await RpcCall.CreateAsync(change: options => Here(options) with { Pack = pack }))
        {
            var error = await Assert.ThrowsAsync<RpcException>(() => UploadAsync("eve", own));
            Assert.Equal(StatusCode.FailedPrecondition, error.StatusCode);
            Assert.Contains("tiny 1 draws the people it was trained on", error.Status.Detail, StringComparison.Ordinal);
        }

        Directory.Delete(pack, recursive: true);
    }

    [Fact]
    public async Task DamagedFolder_IsLeftOutAndTheRestServed()
    {
        await UploadAsync("eve");
        await UploadAsync("fay");
        await File.WriteAllTextAsync(Path.Combine(_folder, "eve", "portrait.png"), "no picture", Cancellation);
        Directory.CreateDirectory(Path.Combine(_folder, "gil"));
        await using var next = await RpcCall.CreateAsync(change: Here);
        Assert.Equal(["ada", "bob", "fay"], await NamesAsync(next));
    }

    private static async Task<StatusCode> CodeAsync(Func<Task> call) => (await Assert.ThrowsAsync<RpcException>(call)).StatusCode;

    private static async Task<IEnumerable<string>> NamesAsync(RpcCall call) =>
        (await call.Avatars.ListAsync(new ListAvatarsRequest(), cancellationToken: Cancellation)).Avatars.Select(avatar => avatar.Name);

    private ServerOptions Here(ServerOptions options) => options with { Avatars = _folder };

    private async Task<Avatar> UploadAsync(string name, RpcCall? call = null) => await (call ?? _call).Avatars.UploadAsync(
        new UploadAvatarRequest { Name = name, DisplayName = "Eve", Description = "Like Ada.", Portrait = ByteString.CopyFrom(Ada) }, cancellationToken: Cancellation);

    private async Task DeleteAsync(string name) => await _call.Avatars.DeleteAsync(new DeleteAvatarRequest { Name = name }, cancellationToken: Cancellation);
}
