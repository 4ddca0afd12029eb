using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using LiveAvatar.V1;

namespace LiveAvatar.Server.Tests.Rpc;

[Trait("Category", "unit")]
public sealed class ControlServiceTests : IAsyncLifetime
{
    private static readonly Ramp AtOnce = new() { Duration = Duration.FromTimeSpan(TimeSpan.Zero) };
    private RpcCall _call = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _call = await RpcCall.StartAsync();

    public ValueTask DisposeAsync() => _call.DisposeAsync();

    private static readonly (Command Command, string Field)[] WrongCommands =
    [
        (new Command(), "command"),
        (new Command { Emotion = new Emotion { Named = { ["joy"] = 1 } } }, "command.emotion.named[joy]"),
        (new Command { Emotion = new Emotion { Named = { ["happy"] = 1.01f } } }, "command.emotion.named[happy]"),
        (new Command { Emotion = new Emotion { Named = { ["happy"] = float.NaN } } }, "command.emotion.named[happy]"),
        (new Command { Emotion = new Emotion { Named = { ["happy"] = 1 }, Vector = { 1 } } }, "command.emotion"),
        (new Command { Emotion = new Emotion { Vector = { 0, 0, 0, 0, 0, 0, 0, 0 } } }, "command.emotion.vector"),
        (new Command { Emotion = new Emotion { Vector = { 0, -0.1f } } }, "command.emotion.vector[1]"),
        (new Command { AutomaticEmotion = float.PositiveInfinity }, "command.automatic_emotion"),
        (new Command { Pose = new Pose { Weight = 2 } }, "command.pose.weight"),
        (new Command { Pose = new Pose { Weight = 1, Yaw = float.NaN } }, "command.pose.yaw"),
        (new Command { Pose = new Pose { Weight = 1, Pitch = -2 } }, "command.pose.pitch"),
        (new Command { Pose = new Pose { Weight = 1, Z = 1.5f } }, "command.pose.z"),
        (new Command { Gaze = new Gaze { Weight = 1, X = -1.5f } }, "command.gaze.x"),
        (new Command { Gaze = new Gaze { Weight = float.NaN } }, "command.gaze.weight"),
        (new Command { Seed = uint.MaxValue }, "command.seed"),
        (new Command { Avatar = "nobody" }, "command.avatar"),
        (new Command { Neutral = new Empty(), Ramp = new Ramp { Duration = Duration.FromTimeSpan(TimeSpan.FromSeconds(61)) } }, "command.ramp.duration"),
        (new Command { Neutral = new Empty(), Ramp = new Ramp { Duration = new Duration { Seconds = long.MaxValue } } }, "command.ramp.duration"),
        (new Command { Neutral = new Empty(), Ramp = new Ramp { Duration = new Duration { Seconds = 1, Nanos = -1 } } }, "command.ramp.duration"),
        (new Command { Neutral = new Empty(), Ramp = new Ramp { Easing = (Easing)99 } }, "command.ramp.easing"),
        (new Command { Blink = new Empty(), At = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(1)) }, "command.at"),
        (new Command { Blink = new Empty(), At = Duration.FromTimeSpan(TimeSpan.FromHours(1)) }, "command.at"),
        (new Command { Blink = new Empty(), At = new Duration { Seconds = -1 } }, "command.at"),
    ];

    [Fact]
    public async Task WrongCommands_NameTheFieldAndTheStreamGoesOn()
    {
        await FirstFrameAsync(); // from here on there is a past
        using var stream = _call.Steer();
        var id = 0ul;
        foreach (var (command, field) in WrongCommands)
        {
            await stream.RequestStream.WriteAsync(new SteerRequest { Session = _call.Session.Id, Id = ++id, Command = command }, Cancellation);
            var refused = await NextAsync(stream);
            Assert.Equal((id, field, (int)StatusCode.InvalidArgument), (refused.Id, refused.Error?.Field, refused.Error?.Code));

            var error = await Assert.ThrowsAsync<RpcException>(() => _call.ApplyAsync(command));
            Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
            Assert.Equal(field, error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Single().Field);
        }

        await stream.RequestStream.WriteAsync(new SteerRequest { Id = ++id, Command = new Command { Blink = new Empty() } }, Cancellation);
        var last = await NextAsync(stream);
        Assert.Equal((id, SteerResponse.ResultOneofCase.Effect), (last.Id, last.ResultCase));
        await stream.RequestStream.CompleteAsync();
        Assert.False(await stream.ResponseStream.MoveNext(Cancellation));
        Assert.Equal(StatusCode.OK, stream.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Emotion_IsShownFromTheFrameTheAnswerNames()
    {
        using var motion = _call.Motion.Watch(new WatchMotionRequest { Session = _call.Session.Id }, cancellationToken: Cancellation);
        var format = await NextAsync(motion);
        var happy = format.Format.Emotion.IndexOf("happy");
        await NextAsync(motion);
        var effect = await _call.ApplyAsync(new Command { Emotion = new Emotion { Named = { ["happy"] = 0.75f } }, Ramp = AtOnce });

        while (true)
        {
            var frame = (await NextAsync(motion)).Frame;
            Assert.Equal(frame.Frame >= effect.Frame ? 0.75f : 0, frame.Emotion[happy]);
            if (frame.Frame >= effect.Frame)
            {
                Assert.True(frame.Frame > effect.Frame || frame.MediaTime.Equals(effect.MediaTime));
                return;
            }
        }
    }

    [Fact]
    public async Task Gaze_IsSeenInTheMotion()
    {
        await _call.ApplyAsync(new Command { Gaze = new Gaze { Weight = 1, X = -0.5f, Y = 0.25f }, Ramp = AtOnce });
        using var motion = _call.Motion.Watch(new WatchMotionRequest { Session = _call.Session.Id }, cancellationToken: Cancellation);
        var names = (await NextAsync(motion)).Format.Coefficients;
        var frame = (await NextAsync(motion)).Frame;

        Assert.Equal((52, 52), (names.Count, frame.Coefficients.Count));
        Assert.Equal((-0.5f, 0.25f), (frame.GazeX, frame.GazeY));
        Assert.Equal(0.5f, frame.Coefficients[names.IndexOf("eyeLookInLeft")]);
    }

    [Fact]
    public async Task TimedCommand_TakesEffectWithTheFirstFrameOfItsTime()
    {
        var now = await FirstFrameAsync();
        var at = now + TimeSpan.FromMilliseconds(300);
        using var stream = _call.Steer();
        await stream.RequestStream.WriteAsync(
            new SteerRequest { Session = _call.Session.Id, Id = 1, Command = new Command { Blink = new Empty(), At = Duration.FromTimeSpan(at) } }, Cancellation);
        await stream.RequestStream.WriteAsync(new SteerRequest { Id = 2, Command = new Command { Blink = new Empty() } }, Cancellation);
        await stream.RequestStream.CompleteAsync();

        // The one for now does not wait for the one with a time, and the end of the requests does not take it back.
        Assert.Equal(2ul, (await NextAsync(stream)).Id);
        var timed = await NextAsync(stream);
        Assert.Equal(1ul, timed.Id);
        Assert.InRange(timed.Effect.MediaTime.ToTimeSpan() - at, TimeSpan.Zero, TimeSpan.FromMilliseconds(40));
    }

    [Fact]
    public async Task Avatar_IsSwitchedAndTheSessionGoesOn()
    {
        Assert.Equal("ada", _call.Session.Avatar);
        await _call.ApplyAsync(new Command { Avatar = "bob" });
        var session = await _call.Sessions.GetAsync(new GetSessionRequest { Session = _call.Session.Id }, cancellationToken: Cancellation);
        Assert.Equal("bob", session.Avatar);
    }

    [Fact]
    public async Task ManyCommands_AreAllAnswered()
    {
        using var stream = _call.Steer();
        for (var i = 1; i <= 500; i++)
        {
            await stream.RequestStream.WriteAsync(new SteerRequest { Session = _call.Session.Id, Id = (ulong)i, Command = new Command { Seed = (uint)i } }, Cancellation);
        }

        await stream.RequestStream.CompleteAsync();
        var answered = new List<ulong>();
        while (await stream.ResponseStream.MoveNext(Cancellation))
        {
            var answer = stream.ResponseStream.Current;
            Assert.True(answer.Effect is not null || answer.Error.Code == (int)StatusCode.ResourceExhausted, answer.ToString());
            answered.Add(answer.Id);
        }

        Assert.Equal(Enumerable.Range(1, 500).Select(i => (ulong)i), answered.Order());
    }

    [Fact]
    public async Task SessionThatEnds_EndsTheStreamWithAborted()
    {
        using var stream = _call.Steer();
        await stream.RequestStream.WriteAsync(new SteerRequest { Session = _call.Session.Id, Command = new Command { Blink = new Empty() } }, Cancellation);
        await NextAsync(stream);
        await stream.RequestStream.WriteAsync(
            new SteerRequest { Command = new Command { Blink = new Empty(), At = Duration.FromTimeSpan(TimeSpan.FromMinutes(5)) } }, Cancellation);
        using var pending = _call.Control.ApplyAsync(
            _call.Request(new Command { Blink = new Empty(), At = Duration.FromTimeSpan(TimeSpan.FromMinutes(5)) }), _call.Secret, cancellationToken: Cancellation);
        await _call.Sessions.CloseAsync(new CloseSessionRequest { Session = _call.Session.Id }, _call.Secret, cancellationToken: Cancellation);

        var error = await Assert.ThrowsAsync<RpcException>(() => stream.ResponseStream.MoveNext(Cancellation));
        Assert.Equal(StatusCode.Aborted, error.StatusCode);
        var unary = await Assert.ThrowsAsync<RpcException>(async () => await pending);
        Assert.Contains(unary.StatusCode, (StatusCode[])[StatusCode.Aborted, StatusCode.NotFound]); // NotFound if the close won the race
    }

    [Fact]
    public async Task OtherSessionInOneStream_IsRefused()
    {
        using var stream = _call.Steer();
        await stream.RequestStream.WriteAsync(new SteerRequest { Session = _call.Session.Id, Id = 1, Command = new Command { Blink = new Empty() } }, Cancellation);
        await stream.RequestStream.WriteAsync(new SteerRequest { Session = new string('0', 32), Id = 2, Command = new Command { Blink = new Empty() } }, Cancellation);
        var answers = new[] { await NextAsync(stream), await NextAsync(stream) };
        Assert.Equal("session", answers.Single(answer => answer.Id == 2).Error.Field);
    }

    [Fact]
    public async Task WithoutItsSecret_NothingIsSteered()
    {
        var wrong = new Metadata { { "authorization", "Bearer " + new string('0', 32) } };
        Assert.Equal(StatusCode.Unauthenticated, await SteerAsync([]));
        Assert.Equal(StatusCode.Unauthenticated, await SteerAsync(new Metadata { { "authorization", "Basic abc" } }));
        Assert.Equal(StatusCode.NotFound, await SteerAsync(wrong));
        var unary = await Assert.ThrowsAsync<RpcException>(() => _call.Control.ApplyAsync(_call.Request(new Command { Blink = new Empty() }), wrong, cancellationToken: Cancellation).ResponseAsync);
        Assert.Equal(StatusCode.NotFound, unary.StatusCode);

        var other = (await _call.Server.CallAsync()).ToString().Split('/');
        Assert.Equal(StatusCode.NotFound, await SteerAsync(new Metadata { { "authorization", "Bearer " + other[3] } }));
    }

    private static async Task<SteerResponse> NextAsync(AsyncDuplexStreamingCall<SteerRequest, SteerResponse> stream)
    {
        Assert.True(await stream.ResponseStream.MoveNext(Cancellation));
        return stream.ResponseStream.Current;
    }

    private static async Task<WatchMotionResponse> NextAsync(AsyncServerStreamingCall<WatchMotionResponse> stream)
    {
        Assert.True(await stream.ResponseStream.MoveNext(Cancellation));
        return stream.ResponseStream.Current;
    }

    private async Task<StatusCode> SteerAsync(Metadata headers)
    {
        using var stream = _call.Control.Steer(headers, cancellationToken: Cancellation);
        await stream.RequestStream.WriteAsync(new SteerRequest { Session = _call.Session.Id, Command = new Command { Blink = new Empty() } }, Cancellation);
        return (await Assert.ThrowsAsync<RpcException>(() => stream.ResponseStream.MoveNext(Cancellation))).StatusCode;
    }

    private async Task<TimeSpan> FirstFrameAsync()
    {
        var effect = await _call.ApplyAsync(new Command { Neutral = new Empty(), Ramp = AtOnce });
        return effect.MediaTime.ToTimeSpan();
    }
}
