using Google.Protobuf;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Net.Client;
using LiveAvatar.Server.Access;

namespace LiveAvatar.Server.Tests.Access;

/// <summary>Every served method of the contract with every credential.</summary>
[Trait("Category", "unit")]
public sealed class RpcAccessTests(GuardedServer guarded) : IClassFixture<GuardedServer>
{
    private const string NoSession = "There is no such session; it may have ended, or the secret is not its own.";

    /// <summary>What each method needs. One that is served and not named here fails the test.</summary>
    private static readonly Dictionary<string, AccessRole> Needs = new()
    {
        ["SessionService/Create"] = AccessRole.Drive,
        ["SessionService/List"] = AccessRole.Admin,
        ["SessionService/Get"] = AccessRole.Watch,
        ["SessionService/Watch"] = AccessRole.Watch,
        ["SessionService/Close"] = AccessRole.Control,
        ["SessionService/CreateViewerToken"] = AccessRole.Control,
        ["ControlService/Apply"] = AccessRole.Control,
        ["ControlService/Steer"] = AccessRole.Control,
        ["MotionService/Watch"] = AccessRole.Watch,
        ["AudioService/Push"] = AccessRole.Control,
        ["RecordingService/Start"] = AccessRole.Control,
        ["RecordingService/Stop"] = AccessRole.Control,
        ["RecordingService/List"] = AccessRole.Control,
        ["RecordingService/Download"] = AccessRole.Control,
        ["RecordingService/Delete"] = AccessRole.Control,
        ["AvatarService/List"] = AccessRole.None,
        ["AvatarService/Get"] = AccessRole.None,
        ["AvatarService/GetPortrait"] = AccessRole.None,
        ["AvatarService/Upload"] = AccessRole.Admin,
        ["AvatarService/Delete"] = AccessRole.Admin,
    };

    public static TheoryData<string> Credentials() => [.. GuardedServer.Credentials];

    [Theory]
    [MemberData(nameof(Credentials))]
    public async Task Method_TakesTheRightCredentialsOnly(string credential)
    {
        using var channel = GrpcChannel.ForAddress(guarded.Server.Web.GrpcUrl);
        var served = Served();
        Assert.True(served.Count >= 12, string.Join(", ", served));
        foreach (var method in served)
        {
            Assert.True(Needs.TryGetValue(method, out var needs), $"{method} is served; say here what it needs.");
            var (session, secret) = await guarded.CallAsync();
            var status = await CallAsync(channel, method, session, guarded.Bearer(credential, session, secret));
            await guarded.Server.SendAsync("DELETE", $"/whip/{session}/{secret}");

            var found = status.StatusCode switch
            {
                StatusCode.Unauthenticated => 401,
                StatusCode.PermissionDenied => 403,
                StatusCode.NotFound when status.Detail == NoSession => 404,
                _ => 200,
            };
            var expected = needs == AccessRole.None ? 200 : GuardedServer.Expected(needs, credential);
            Assert.True(expected == found, $"{method} with {credential}: expected {expected}, got {status}");
        }
    }

    [Fact]
    public async Task CreateViewerToken_LetsWatch()
    {
        using var channel = GrpcChannel.ForAddress(guarded.Server.Web.GrpcUrl);
        var client = new V1.SessionService.SessionServiceClient(channel);
        var control = new Metadata { { "authorization", "Bearer " + GuardedServer.Key(AccessRole.Control) } };
        var made = await client.CreateViewerTokenAsync(
            new V1.CreateViewerTokenRequest { Session = guarded.Other, Lifetime = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromMinutes(2)) },
            control, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(TimeSpan.FromMinutes(2), made.ExpiresIn.ToTimeSpan());

        using var watching = await guarded.Server.OfferAsync($"/whep/{guarded.Other}", "chromium-viewer", made.Token);
        Assert.Equal(System.Net.HttpStatusCode.Created, watching.StatusCode);
        var error = await Assert.ThrowsAsync<RpcException>(() => client.CreateViewerTokenAsync(
            new V1.CreateViewerTokenRequest { Session = guarded.Other, Lifetime = new() { Seconds = 59 } }, control, cancellationToken: TestContext.Current.CancellationToken).ResponseAsync);
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
    }

    [Fact]
    public async Task WithoutKeys_TokensAreEmpty()
    {
        await using var call = await Rpc.RpcCall.StartAsync(connect: false);
        var made = await call.Sessions.CreateViewerTokenAsync(
            new V1.CreateViewerTokenRequest { Session = call.Session.Id }, call.Secret, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(("", null), (made.Token, made.ExpiresIn));
    }

    private List<string> Served() =>
    [
        .. guarded.Endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method).OfType<IMethod>()
            .Where(method => method.ServiceName.StartsWith("liveavatar.v1.", StringComparison.Ordinal))
            .Select(method => method.ServiceName["liveavatar.v1.".Length..] + "/" + method.Name).Distinct().Order(),
    ];

    // On the wire all methods look alike, and the session is the first field of every message that has one.
    private static async Task<Status> CallAsync(GrpcChannel channel, string method, string session, string? bearer)
    {
        var bytes = Marshallers.Create<byte[]>(static message => message, static message => message);
        var parts = method.Split('/');
        var raw = new Method<byte[], byte[]>(MethodType.DuplexStreaming, "liveavatar.v1." + parts[0], parts[1], bytes, bytes);
        var headers = new Metadata();
        if (bearer is not null)
        {
            headers.Add("authorization", "Bearer " + bearer);
        }

        using var call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(raw, null, new CallOptions(headers, cancellationToken: TestContext.Current.CancellationToken));
        try
        {
            await call.RequestStream.WriteAsync(new V1.GetSessionRequest { Session = session }.ToByteArray(), TestContext.Current.CancellationToken);
            await call.RequestStream.CompleteAsync();
            await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken);
            return Status.DefaultSuccess;
        }
        catch (RpcException e)
        {
            return e.Status;
        }
    }
}
