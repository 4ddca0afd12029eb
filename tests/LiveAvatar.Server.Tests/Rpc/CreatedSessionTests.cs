using System.Net;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using LiveAvatar.V1;

namespace LiveAvatar.Server.Tests.Rpc;

[Trait("Category", "unit")]
public sealed class CreatedSessionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_LivesAtOnceAndIsSteeredWithItsSecret()
    {
        await using var call = await RpcCall.CreateAsync(new CreateSessionRequest { Avatar = "bob", AutomaticEmotion = 0, Seed = 7 });
        var effect = await call.ApplyAsync(new Command { Nod = new Empty() });
        var session = await call.Sessions.GetAsync(new GetSessionRequest { Session = call.Session.Id }, cancellationToken: Cancellation);

        Assert.True(effect.Frame > 0 && session.Started);
        Assert.Equal(("bob", 0), (session.Avatar, session.Viewers));
        Assert.Null(session.Transport);
        Assert.Equal(0, session.Counts["frames_drawn"]); // nobody watches
        await call.Sessions.CloseAsync(new CloseSessionRequest { Session = call.Session.Id }, call.Secret, cancellationToken: Cancellation);
        Assert.Empty(call.Server.Runtime.Host!.Sessions);
    }

    [Fact]
    public async Task Viewer_SeesItButAWhipClientCannotTakeItOver()
    {
        await using var call = await RpcCall.CreateAsync();
        using var watched = await call.Server.OfferAsync($"/whep/{call.Session.Id}", "chromium-viewer");
        using var stats = await call.Server.Client.GetAsync(new Uri($"/api/sessions/{call.Session.Id}/stats", UriKind.Relative), Cancellation);
        var secret = call.Secret[0].Value.Split(' ')[1];
        using var taken = await call.Server.SendAsync("DELETE", $"/whip/{call.Session.Id}/{secret}");

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.NotFound), (watched.StatusCode, stats.StatusCode, taken.StatusCode));
        Assert.Single(call.Session.Viewers);
    }

    [Fact]
    public async Task MotionOnly_HasMotionAndNoPicture()
    {
        await using var call = await RpcCall.CreateAsync(new CreateSessionRequest { MotionOnly = true });
        using var watched = await call.Server.OfferAsync($"/whep/{call.Session.Id}", "chromium-viewer");
        Assert.Contains("motion", await RunningServer.ProblemAsync(watched, 409), StringComparison.Ordinal);

        using var motion = call.Motion.Watch(new WatchMotionRequest { Session = call.Session.Id }, cancellationToken: Cancellation);
        for (var i = 0; i < 10; i++)
        {
            Assert.True(await motion.ResponseStream.MoveNext(Cancellation));
        }

        var session = await call.Sessions.GetAsync(new GetSessionRequest { Session = call.Session.Id }, cancellationToken: Cancellation);
        Assert.Equal((0, 0), (session.Counts["frames_drawn"], session.Counts["frames_skipped"]));
        Assert.DoesNotContain(session.Stages, stage => stage is { Stage: "draw", Count: > 0 });
    }

    [Fact]
    public async Task Unused_EndsAfterItsIdleTimeout()
    {
        await using var call = await RpcCall.CreateAsync(new CreateSessionRequest { IdleTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(5)) });
        using var watch = call.Sessions.Watch(new WatchSessionRequest { Session = call.Session.Id }, cancellationToken: Cancellation);
        using (var motion = call.Motion.Watch(new WatchMotionRequest { Session = call.Session.Id }, cancellationToken: Cancellation))
        {
            Assert.True(await motion.ResponseStream.MoveNext(Cancellation));
            await Task.Delay(TimeSpan.FromSeconds(6), Cancellation);
            Assert.False(call.Session.Ended.IsCompleted); // somebody reads its motion
        }

        WatchSessionResponse? last = null;
        while (await watch.ResponseStream.MoveNext(Cancellation))
        {
            last = watch.ResponseStream.Current;
        }

        Assert.Equal(SessionEndReason.IdleTimedOut, last?.Ended?.Reason);
    }

    [Fact]
    public async Task FullServer_SaysWhenToComeBack()
    {
        await using var call = await RpcCall.CreateAsync();
        await call.Sessions.CreateAsync(new CreateSessionRequest(), cancellationToken: Cancellation);
        await call.Sessions.CreateAsync(new CreateSessionRequest { MotionOnly = true }, cancellationToken: Cancellation); // counted by itself
        var error = await Assert.ThrowsAsync<RpcException>(() => call.Sessions.CreateAsync(new CreateSessionRequest(), cancellationToken: Cancellation).ResponseAsync);

        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.True(error.GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan() > TimeSpan.Zero);
    }

    public static TheoryData<string, CreateSessionRequest> Wrong => new()
    {
        { "avatar", new CreateSessionRequest { Avatar = "nobody" } },
        { "automatic_emotion", new CreateSessionRequest { AutomaticEmotion = float.NaN } },
        { "automatic_emotion", new CreateSessionRequest { AutomaticEmotion = 1.5f } },
        { "seed", new CreateSessionRequest { Seed = uint.MaxValue } },
        { "idle_timeout", new CreateSessionRequest { IdleTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(4)) } },
        { "idle_timeout", new CreateSessionRequest { IdleTimeout = new Duration { Seconds = long.MaxValue } } },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public async Task WrongRequest_NamesTheField(string field, CreateSessionRequest request)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => RpcCall.CreateAsync(request));
        Assert.Equal((StatusCode.InvalidArgument, field), (error.StatusCode, error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Single().Field));
    }
}
