using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using LiveAvatar.V1;

namespace LiveAvatar.Server.Tests.Rpc;

[Trait("Category", "unit")]
public sealed class SessionServiceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_ShortensIds()
    {
        await using var call = await RpcCall.StartAsync(connect: false);
        var listed = Assert.Single((await call.Sessions.ListAsync(new ListSessionsRequest(), cancellationToken: Cancellation)).Sessions);

        Assert.Equal((call.Session.Id[..8], "ada", 0), (listed.ShortId, listed.Avatar, listed.Viewers));
    }

    [Fact]
    public async Task Get_SaysWhetherTheFaceLives()
    {
        await using var call = await RpcCall.StartAsync(connect: false);
        var before = await GetAsync(call);
        Assert.Equal((call.Session.Id, false, 0L), (before.Id, before.Started, before.Frame));

        ((Rtc.IPeerObserver)call.Session).OnConnected();
        var effect = await call.ApplyAsync(new Command { Emotion = new Emotion { Named = { ["sad"] = 0.5f } }, Ramp = new Ramp { Duration = new Duration() } });
        var after = await GetAsync(call);
        Assert.True(after.Started);
        Assert.True(after.Frame >= effect.Frame && after.MediaTime.ToTimeSpan() >= effect.MediaTime.ToTimeSpan());
        Assert.Equal(7, after.Emotion.Count);

        // The answer comes when the command shows in the motion; that frame is counted when its picture has gone its way.
        for (var tries = 0; tries < 500 && !HasHeard(after); tries++)
        {
            await Task.Delay(10, Cancellation);
            after = await GetAsync(call);
        }

        Assert.True(HasHeard(after));
        Assert.True(after.Counts["silence_filled"] > 0);

        static bool HasHeard(Session session) => session.Stages.Any(stage => stage is { Stage: "listen", Count: > 0 });
    }

    [Fact]
    public async Task Watch_TellsTheEndAndWhy()
    {
        await using var call = await RpcCall.StartAsync();
        using var watch = call.Sessions.Watch(
            new WatchSessionRequest { Session = call.Session.Id, Interval = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(100)) }, cancellationToken: Cancellation);
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await watch.ResponseStream.MoveNext(Cancellation));
            Assert.Equal(call.Session.Id, watch.ResponseStream.Current.Session.Id);
        }

        using var motion = call.Motion.Watch(new WatchMotionRequest { Session = call.Session.Id }, cancellationToken: Cancellation);
        Assert.True(await motion.ResponseStream.MoveNext(Cancellation));
        await call.Sessions.CloseAsync(new CloseSessionRequest { Session = call.Session.Id }, call.Secret, cancellationToken: Cancellation);

        WatchSessionResponse? last = null;
        while (await watch.ResponseStream.MoveNext(Cancellation))
        {
            last = watch.ResponseStream.Current;
        }

        Assert.Equal(SessionEndReason.PeerClosed, last?.Ended?.Reason);
        Assert.Equal(StatusCode.OK, watch.GetStatus().StatusCode);
        while (await motion.ResponseStream.MoveNext(Cancellation))
        {
        }

        Assert.Equal(StatusCode.OK, motion.GetStatus().StatusCode);
        Assert.Empty(call.Server.Runtime.Host!.Sessions);
    }

    [Fact]
    public async Task Close_NeedsTheSecret()
    {
        await using var call = await RpcCall.StartAsync(connect: false);
        var request = new CloseSessionRequest { Session = call.Session.Id };
        var error = await Assert.ThrowsAsync<RpcException>(() => call.Sessions.CloseAsync(request, cancellationToken: Cancellation).ResponseAsync);

        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
        Assert.Single(call.Server.Runtime.Host!.Sessions);
    }

    [Theory]
    [InlineData("", null, StatusCode.InvalidArgument)]
    [InlineData("00000000000000000000000000000000", null, StatusCode.NotFound)]
    [InlineData(null, 0.05, StatusCode.InvalidArgument)]
    [InlineData(null, 61.0, StatusCode.InvalidArgument)]
    public async Task WrongWatch_IsRefused(string? session, double? interval, StatusCode code)
    {
        await using var call = await RpcCall.StartAsync(connect: false);
        var request = new WatchSessionRequest
        {
            Session = session ?? call.Session.Id,
            Interval = interval is { } seconds ? Duration.FromTimeSpan(TimeSpan.FromSeconds(seconds)) : null,
        };
        using var watch = call.Sessions.Watch(request, cancellationToken: Cancellation);
        var error = await Assert.ThrowsAsync<RpcException>(() => watch.ResponseStream.MoveNext(Cancellation));

        Assert.Equal(code, error.StatusCode);
    }

    [Fact]
    public async Task SeventeenthMotionReader_IsRefused()
    {
        await using var call = await RpcCall.StartAsync();
        var request = new WatchMotionRequest { Session = call.Session.Id };
        var watches = Enumerable.Range(0, 16).Select(_ => call.Motion.Watch(request, cancellationToken: Cancellation)).ToList();
        foreach (var watch in watches)
        {
            Assert.True(await watch.ResponseStream.MoveNext(Cancellation));
        }

        using var surplus = call.Motion.Watch(request, cancellationToken: Cancellation);
        var error = await Assert.ThrowsAsync<RpcException>(() => surplus.ResponseStream.MoveNext(Cancellation));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        watches.ForEach(watch => watch.Dispose());
    }

    private static async Task<Session> GetAsync(RpcCall call) =>
        await call.Sessions.GetAsync(new GetSessionRequest { Session = call.Session.Id }, cancellationToken: Cancellation);
}
