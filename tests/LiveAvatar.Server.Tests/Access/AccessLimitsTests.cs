using System.Net;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using LiveAvatar.Server.Access;

namespace LiveAvatar.Server.Tests.Access;

[Trait("Category", "unit")]
public sealed class AccessLimitsTests
{
    [Theory]
    [InlineData(nameof(RequestKind.Session), 10, 2000)]
    [InlineData(nameof(RequestKind.Viewer), 100, 300)]
    [InlineData(nameof(RequestKind.Token), 20, 1000)]
    public void Requests_AreLimitedForEachAddress(string name, int atOnce, int milliseconds)
    {
        var kind = Enum.Parse<RequestKind>(name);
        var limits = new AccessLimits(new ManualTime());
        var address = IPAddress.Parse("192.0.2.1");
        for (var i = 0; i < atOnce; i++)
        {
            Assert.Null(limits.Take(kind, address));
        }

        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), limits.Take(kind, address));
        Assert.Null(limits.Take(kind, IPAddress.Parse("192.0.2.2")));
        Assert.Null(limits.Take(RequestKind.Other, address));
        Assert.Null(limits.Blocked(address));
    }

    [Fact]
    public void Failures_BlockTheAddressForAWhile()
    {
        var time = new ManualTime();
        var limits = new AccessLimits(time);
        var address = IPAddress.Parse("192.0.2.1");
        for (var i = 0; i < 20; i++)
        {
            Assert.Null(limits.Blocked(address));
            limits.CountFailure(address);
        }

        Assert.Equal(TimeSpan.FromSeconds(3), limits.Blocked(address));
        time.Pass(TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.FromSeconds(1), limits.Blocked(address));
        time.Pass(TimeSpan.FromSeconds(1));
        Assert.Null(limits.Blocked(address));
        limits.CountFailure(address);
        Assert.NotNull(limits.Blocked(address));
    }

    [Fact]
    public async Task Guessing_IsStoppedForHttpAndGrpc()
    {
        const string Guesser = "192.0.2.1";
        await using var server = await GuardedServer.StartAsync();
        var key = GuardedServer.Key(AccessRole.Admin);
        var guesses = 0;
        HttpStatusCode status;
        do
        {
            using var guess = await GuardedServer.SendFromAsync(server, Guesser, "GET", "/metrics", $"guess-number-{++guesses:0000}");
            status = guess.StatusCode;
        }
        while (status == HttpStatusCode.Unauthorized && guesses < 50);
        Assert.InRange(guesses, 21, 23);
        Assert.Equal(HttpStatusCode.TooManyRequests, status);

        using var right = await GuardedServer.SendFromAsync(server, Guesser, "GET", "/metrics", key);
        await RunningServer.ProblemAsync(right, 429);
        Assert.InRange(right.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));
        using var channel = GrpcChannel.ForAddress(server.Web.GrpcUrl);
        var sessions = new V1.SessionService.SessionServiceClient(channel);
        var error = await Assert.ThrowsAsync<RpcException>(() => sessions.ListAsync(
            new V1.ListSessionsRequest(), GuardedServer.From(Guesser, key), cancellationToken: TestContext.Current.CancellationToken).ResponseAsync);
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.True(error.GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan() > TimeSpan.Zero);

        using var neighbour = await GuardedServer.SendFromAsync(server, "192.0.2.2", "GET", "/metrics", key);
        Assert.Equal(HttpStatusCode.OK, neighbour.StatusCode);
    }

    [Fact]
    public void ExpiredTokens_BlockNobody()
    {
        // An audience behind one address may try an old link many times; its presenter must still get in.
        var limits = new AccessLimits(TimeProvider.System);
        var tokens = new ViewerTokens(TimeProvider.System);
        var policy = new AccessPolicy([new ApiKey("all", GuardedServer.Key(AccessRole.Admin), AccessRole.Admin)], new Server.Signalling.ResourceTokens(), tokens, limits);
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.1");
        for (var i = 0; i < 100; i++)
        {
            context.Request.Headers.Authorization = "Bearer " + tokens.Make("session", TimeSpan.FromSeconds(-1));
            Assert.Equal(AccessVerdict.Expired, policy.Check(context, AccessRole.Watch, "session").Verdict);
        }

        context.Request.Headers.Authorization = "Bearer " + GuardedServer.Key(AccessRole.Admin);
        Assert.Equal(AccessVerdict.Granted, policy.Check(context, AccessRole.Drive).Verdict);
    }

    [Fact]
    public async Task Calls_AreLimitedOnceTheyAreLetIn()
    {
        await using var server = await GuardedServer.StartAsync();
        for (var i = 0; i < 30; i++)
        {
            using var refused = await GuardedServer.SendFromAsync(server, "192.0.2.3", "POST", "/whip", null);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        var let = 0;
        HttpStatusCode status;
        do
        {
            using var call = await GuardedServer.SendFromAsync(server, "192.0.2.3", "POST", "/whip", GuardedServer.Key(AccessRole.Drive));
            status = call.StatusCode;
            let++;
        }
        while (status == HttpStatusCode.UnsupportedMediaType && let < 50); // let in, and then the missing offer is noticed
        Assert.Equal(HttpStatusCode.TooManyRequests, status);
        Assert.InRange(let, 11, 13);
    }
}
