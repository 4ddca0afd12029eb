using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using LiveAvatar.V1;

namespace LiveAvatar.Server.Tests.Rpc;

[Trait("Category", "unit")]
public sealed class AudioServiceTests
{
    private static readonly AudioFormat Pcm = new() { Encoding = AudioEncoding.Pcm16, SampleRate = 16_000 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Utterance_IsToldFromItsStartToItsEnd()
    {
        await using var call = await RpcCall.CreateAsync();
        using var push = call.Audio.Push(call.Secret, cancellationToken: Cancellation);
        await push.RequestStream.WriteAsync(Sound(call, seconds: 1.2, end: true), Cancellation);
        await push.RequestStream.CompleteAsync();
        var told = await RestAsync(push);

        Assert.Equal([PlaybackEvent.Started, PlaybackEvent.Progress, PlaybackEvent.Progress, PlaybackEvent.Ended], told.Select(e => e.Event));
        Assert.All(told, e => Assert.Equal(1ul, e.Utterance));
        Assert.Equal(1.2, told[^1].Played.ToTimeSpan().TotalSeconds, 0.02);
        Assert.Equal(1.2, (told[^1].MediaTime - told[0].MediaTime).ToTimeSpan().TotalSeconds, 0.05); // in real time
        Assert.Equal(StatusCode.OK, push.GetStatus().StatusCode);
        Assert.InRange(call.Session.GetStatistics().Counts["audio_received"], 60, 62); // blocks of 20 ms
    }

    [Fact]
    public async Task FasterThanRealTime_IsHeldUpAndNothingIsLost()
    {
        await using var call = await RpcCall.CreateAsync();
        using var push = call.Audio.Push(call.Secret, cancellationToken: Cancellation);
        var sent = 0;
        var sending = Task.Run(
            async () =>
            {
                for (; sent < 26; sent++) // 13 s as fast as it goes
                {
                    await push.RequestStream.WriteAsync(Sound(call, seconds: 0.5), Cancellation);
                }

                await push.RequestStream.CompleteAsync();
            },
            Cancellation);
        var told = await RestAsync(push);
        await sending;
        Assert.InRange(told.Max(e => e.Buffered.ToTimeSpan().TotalSeconds), 8, 10.1); // no more than 10 s wait in the server
        Assert.Equal(13, told[^1].Played.ToTimeSpan().TotalSeconds, 0.05);
        Assert.DoesNotContain(told, e => e.Event == PlaybackEvent.Starved);
    }

    [Fact]
    public async Task Interrupt_DiscardsTheUtteranceAndTheNextIsSpoken()
    {
        await using var call = await RpcCall.CreateAsync();
        using var push = call.Audio.Push(call.Secret, cancellationToken: Cancellation);
        await push.RequestStream.WriteAsync(Sound(call, seconds: 4, utterance: 5), Cancellation);
        Assert.Equal(PlaybackEvent.Started, (await NextAsync(push)).Event);
        await call.ApplyAsync(new Command { Interrupt = new Empty() });
        var interrupted = await NextAsync(push);
        Assert.Equal((PlaybackEvent.Interrupted, 5ul, 0L), (interrupted.Event, interrupted.Utterance, interrupted.Buffered.Seconds));

        await push.RequestStream.WriteAsync(Sound(call, seconds: 4), Cancellation); // late: still of utterance 5
        await push.RequestStream.WriteAsync(Sound(call, seconds: 0.3, utterance: 6, end: true), Cancellation);
        await push.RequestStream.CompleteAsync();
        Assert.Equal([(PlaybackEvent.Started, 6ul), (PlaybackEvent.Ended, 6ul)], (await RestAsync(push)).Select(e => (e.Event, e.Utterance)));
    }

    [Fact]
    public async Task Cancelled_TakesBackWhatWaitsAndLetsTheNextIn()
    {
        await using var call = await RpcCall.CreateAsync();
        using (var push = call.Audio.Push(call.Secret, cancellationToken: Cancellation))
        {
            await push.RequestStream.WriteAsync(Sound(call, seconds: 8), Cancellation);
            Assert.Equal(PlaybackEvent.Started, (await NextAsync(push)).Event);
        }

        while (true)
        {
            using var next = call.Audio.Push(call.Secret, cancellationToken: Cancellation);
            await next.RequestStream.WriteAsync(Sound(call, seconds: 0.2, end: true), Cancellation);
            await next.RequestStream.CompleteAsync();
            try
            {
                Assert.Equal(0.2, (await RestAsync(next))[^1].Played.ToTimeSpan().TotalSeconds, 0.02);
                return;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.FailedPrecondition)
            {
                await Task.Delay(5, Cancellation); // the server has not seen the cancellation yet
            }
        }
    }

    [Fact]
    public async Task EndOfTheSession_EndsTheStream()
    {
        await using var call = await RpcCall.CreateAsync();
        using var push = call.Audio.Push(call.Secret, cancellationToken: Cancellation);
        await push.RequestStream.WriteAsync(Sound(call, seconds: 0.1), Cancellation);
        Assert.Equal(PlaybackEvent.Started, (await NextAsync(push)).Event);
        await call.Sessions.CloseAsync(new CloseSessionRequest { Session = call.Session.Id }, call.Secret, cancellationToken: Cancellation);
        var error = await Assert.ThrowsAsync<RpcException>(() => RestAsync(push));
        Assert.Equal(StatusCode.Aborted, error.StatusCode);
    }

    [Fact]
    public async Task Microphone_CannotBePushed()
    {
        await using var call = await RpcCall.StartAsync();
        await AssertRefusedAsync(call, StatusCode.FailedPrecondition, null, Sound(call, seconds: 0.1));
    }

    [Fact]
    public async Task SecondStream_IsRefused()
    {
        await using var call = await RpcCall.CreateAsync();
        using var push = call.Audio.Push(call.Secret, cancellationToken: Cancellation);
        await push.RequestStream.WriteAsync(Sound(call, seconds: 1), Cancellation);
        await NextAsync(push);
        await AssertRefusedAsync(call, StatusCode.FailedPrecondition, null, Sound(call, seconds: 0.1));
        Assert.Equal(PlaybackEvent.Progress, (await NextAsync(push)).Event); // the first goes on
    }

    [Fact]
    public async Task NoSecret_IsRefused()
    {
        await using var call = await RpcCall.CreateAsync();
        using var push = call.Audio.Push(cancellationToken: Cancellation);
        await push.RequestStream.WriteAsync(Sound(call, seconds: 0.1), Cancellation);
        Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(() => NextAsync(push))).StatusCode);
    }

    public static TheoryData<string, PushAudioRequest[]> Wrong => new()
    {
        { "session", [new PushAudioRequest { Format = Pcm }] },
        { "format", [new PushAudioRequest { Session = "id" }] },
        { "format.encoding", [new PushAudioRequest { Session = "id", Format = new AudioFormat { SampleRate = 16_000 } }] },
        { "format.sample_rate", [new PushAudioRequest { Session = "id", Format = new AudioFormat { Encoding = AudioEncoding.Pcm16, SampleRate = 16_001 } }] },
        { "format.channels", [new PushAudioRequest { Session = "id", Format = new AudioFormat { Encoding = AudioEncoding.Pcm16, SampleRate = 16_000, Channels = 3 } }] },
        { "format.prebuffer", [new PushAudioRequest { Session = "id", Format = new AudioFormat { Encoding = AudioEncoding.Opus, Prebuffer = new Duration { Seconds = 6 } } }] },
        { "audio", [new PushAudioRequest { Session = "id", Format = Pcm, Audio = ByteString.CopyFrom(new byte[3]) }] },
        { "audio", [new PushAudioRequest { Session = "id", Format = new AudioFormat { Encoding = AudioEncoding.Opus }, Audio = ByteString.CopyFrom(new byte[2000]) }] },
        { "session", [new PushAudioRequest { Session = "id", Format = Pcm }, new PushAudioRequest { Session = "another" }] },
        { "utterance", [new PushAudioRequest { Session = "id", Format = Pcm, Utterance = 4 }, new PushAudioRequest { Utterance = 3 }] },
        { "utterance", [new PushAudioRequest { Session = "id", Format = Pcm, Utterance = 4, EndOfUtterance = true }, new PushAudioRequest { Utterance = 4 }] },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public async Task WrongMessage_NamesTheFieldAndTheSessionGoesOn(string field, PushAudioRequest[] requests)
    {
        await using var call = await RpcCall.CreateAsync();
        requests[0].Session = requests[0].Session.Length > 0 ? call.Session.Id : "";
        await AssertRefusedAsync(call, StatusCode.InvalidArgument, field, requests);
        await call.ApplyAsync(new Command { Blink = new Empty() });
    }

    private static PushAudioRequest Sound(RpcCall call, double seconds, ulong utterance = 0, bool end = false)
    {
        var bytes = new byte[2 * (int)(seconds * Pcm.SampleRate)];
        for (var i = 0; i < bytes.Length / 2; i++)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(2 * i), (short)(8_000 * Math.Sin(2 * Math.PI * 200 * i / Pcm.SampleRate)));
        }

        return new PushAudioRequest { Session = call.Session.Id, Format = Pcm, Utterance = utterance, Audio = ByteString.CopyFrom(bytes), EndOfUtterance = end };
    }

    private static async Task AssertRefusedAsync(RpcCall call, StatusCode code, string? field, params PushAudioRequest[] requests)
    {
        using var push = call.Audio.Push(call.Secret, cancellationToken: Cancellation);
        foreach (var request in requests)
        {
            await push.RequestStream.WriteAsync(request, Cancellation);
        }

        var error = await Assert.ThrowsAsync<RpcException>(() => RestAsync(push));
        Assert.Equal((code, field), (error.StatusCode, error.GetRpcStatus()?.GetDetail<BadRequest>()?.FieldViolations.Single().Field));
    }

    private static async Task<PushAudioResponse> NextAsync(AsyncDuplexStreamingCall<PushAudioRequest, PushAudioResponse> push)
    {
        Assert.True(await push.ResponseStream.MoveNext(Cancellation));
        return push.ResponseStream.Current;
    }

    private static async Task<List<PushAudioResponse>> RestAsync(AsyncDuplexStreamingCall<PushAudioRequest, PushAudioResponse> push)
    {
        var rest = new List<PushAudioResponse>();
        while (await push.ResponseStream.MoveNext(Cancellation))
        {
            rest.Add(push.ResponseStream.Current);
        }

        return rest;
    }
}
