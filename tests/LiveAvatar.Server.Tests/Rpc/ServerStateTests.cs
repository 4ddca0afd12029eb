using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using LiveAvatar.Server.Tls;
using LiveAvatar.V1;

namespace LiveAvatar.Server.Tests.Rpc;

/// <summary>What gRPC says while the server loads, drains and stops, and what it serves besides sessions.</summary>
[Trait("Category", "unit")]
public sealed class ServerStateTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Loading_IsUnavailableThenServing()
    {
        await using var server = await RunningServer.StartAsync(load: false);
        using var channel = GrpcChannel.ForAddress(server.Web.GrpcUrl);
        var avatars = new AvatarService.AvatarServiceClient(channel);
        var error = await Assert.ThrowsAsync<RpcException>(() => avatars.ListAsync(new ListAvatarsRequest(), cancellationToken: Cancellation).ResponseAsync);
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.True(error.GetRpcStatus()!.GetDetail<Google.Rpc.RetryInfo>()!.RetryDelay.ToTimeSpan() > TimeSpan.Zero);

        using var watch = new Health.HealthClient(channel).Watch(new HealthCheckRequest(), cancellationToken: Cancellation);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, await NextAsync(watch));
        server.Runtime.Load();
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, await NextAsync(watch));
        server.Runtime.Drain();
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, await NextAsync(watch));
    }

    [Fact]
    public async Task Stop_EndsStreamsThatWait()
    {
        var call = await RpcCall.StartAsync();
        using var steer = call.Steer();
        await steer.RequestStream.WriteAsync(new SteerRequest { Session = call.Session.Id, Command = new Command { Seed = 1 } }, Cancellation);
        Assert.True(await steer.ResponseStream.MoveNext(Cancellation));
        var began = TimeProvider.System.GetTimestamp();
        var stopping = call.DisposeAsync();
        var error = await Assert.ThrowsAsync<RpcException>(() => steer.ResponseStream.MoveNext(Cancellation));

        // A stop that waited for the stream would take the 3 s after which Kestrel gives up on it. Now and then Kestrel's
        // GOAWAY overtakes the trailers, which .NET's client calls INTERNAL.
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(2.5));
        Assert.True(error.StatusCode == StatusCode.Unavailable || error.Status.Detail.Contains("NO_ERROR", StringComparison.Ordinal), error.ToString());
        await stopping;
    }

    [Fact]
    public async Task Avatars_HavePortraits()
    {
        await using var server = await RunningServer.StartAsync();
        using var channel = GrpcChannel.ForAddress(server.Web.GrpcUrl);
        var avatars = new AvatarService.AvatarServiceClient(channel);
        var list = await avatars.ListAsync(new ListAvatarsRequest(), cancellationToken: Cancellation);
        var portrait = await avatars.GetPortraitAsync(new GetPortraitRequest { Name = "bob" }, cancellationToken: Cancellation);
        var error = await Assert.ThrowsAsync<RpcException>(() => avatars.GetAsync(new GetAvatarRequest { Name = "eve" }, cancellationToken: Cancellation).ResponseAsync);

        Assert.Equal(["ada", "bob"], list.Avatars.Select(avatar => avatar.Name));
        Assert.Equal(7, list.Emotions.Count);
        Assert.Equal(("image/png", (byte)0x89), (portrait.MediaType, portrait.Data[0]));
        Assert.Equal((StatusCode.NotFound, "There is no avatar 'eve'. This server has: ada, bob."), (error.StatusCode, error.Status.Detail));
    }

    [Fact]
    public async Task Certificate_PutsGrpcOnTheOnePort()
    {
        var folder = Directory.CreateTempSubdirectory("liveavatar-tls-").FullName;
        using var certificate = DevCertificate.Get(folder, [], DateTimeOffset.UtcNow);
        var pfx = Directory.GetFiles(folder).Single();
        await using var server = await RunningServer.StartAsync(options => options with { TlsCertificate = pfx });
        server.Accept = hash => hash == certificate.GetCertHashString();
        Directory.Delete(folder, recursive: true);
        Assert.Equal(server.Web.Url, server.Web.GrpcUrl);
        using var channel = GrpcChannel.ForAddress(server.Web.GrpcUrl, new GrpcChannelOptions { HttpClient = server.Client });
        var check = await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest(), cancellationToken: Cancellation);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, check.Status);
    }

    private static async Task<HealthCheckResponse.Types.ServingStatus> NextAsync(AsyncServerStreamingCall<HealthCheckResponse> watch)
    {
        Assert.True(await watch.ResponseStream.MoveNext(Cancellation));
        return watch.ResponseStream.Current.Status;
    }
}
