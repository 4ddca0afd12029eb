using System.Diagnostics;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using LiveAvatar.V1;

namespace LiveAvatar.CallKit;

/// <summary>A program that makes a session and speaks through it, as a text-to-speech service would.</summary>
public sealed class Speaker : IAsyncDisposable
{
    private const double BlockSeconds = 0.1;

    private readonly GrpcChannel _channel;
    private readonly ControlService.ControlServiceClient _control;
    private readonly AudioService.AudioServiceClient _audio;
    private readonly SessionService.SessionServiceClient _sessions;
    private readonly Metadata _secret;

    private Speaker(GrpcChannel channel, CreateSessionResponse made)
    {
        _channel = channel;
        (_control, _audio, _sessions) = (new(channel), new(channel), new(channel));
        (Session, Secret) = (made.Session, made.Secret);
        _secret = new Metadata { { "authorization", $"Bearer {made.Secret}" } };
    }

    /// <summary>The session's id.</summary>
    public string Session { get; }

    /// <summary>What changing it needs.</summary>
    public string Secret { get; }

    /// <summary>Makes a session; without a request one whose mood does not follow the voice.</summary>
    public static async Task<Speaker> CreateAsync(ServerProcess server, CreateSessionRequest? request = null)
    {
        var channel = GrpcChannel.ForAddress($"http://localhost:{server.GrpcPort}");
        return new Speaker(channel, await new SessionService.SessionServiceClient(channel).CreateAsync(request ?? new CreateSessionRequest { AutomaticEmotion = 0 }));
    }

    /// <summary>Says a recording and waits until it was played.</summary>
    /// <param name="voice">What to say.</param>
    /// <param name="pace">Seconds of sound sent in a second.</param>
    /// <param name="gap">Stops sending for this long after each second of sound.</param>
    /// <param name="prebuffer">How much must wait before it begins; null is the server's default.</param>
    /// <param name="cancellation">Stops speaking.</param>
    /// <returns>Everything the server told.</returns>
    public async Task<IReadOnlyList<PushAudioResponse>> SayAsync(
        WavFile voice, double pace, TimeSpan gap = default, TimeSpan? prebuffer = null, CancellationToken cancellation = default)
    {
        using var push = _audio.Push(_secret, cancellationToken: cancellation);
        var telling = ReadAsync(push, cancellation);
        var block = (int)(BlockSeconds * voice.SampleRate);
        var began = Stopwatch.StartNew();
        var due = TimeSpan.Zero;
        for (var at = 0; at < voice.Samples.Length; at += block)
        {
            var wait = due - began.Elapsed;
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, cancellation).ConfigureAwait(false);
            var samples = voice.Samples.AsMemory(at, Math.Min(block, voice.Samples.Length - at));
            await push.RequestStream.WriteAsync(
                new PushAudioRequest { Session = Session, Format = Format(voice, prebuffer), Audio = Pcm16(samples), EndOfUtterance = at + block >= voice.Samples.Length },
                cancellation);
            due += TimeSpan.FromSeconds(BlockSeconds / pace) + (at / voice.SampleRate != (at + block) / voice.SampleRate ? gap : TimeSpan.Zero);
        }

        await push.RequestStream.CompleteAsync().ConfigureAwait(false);
        return await telling.ConfigureAwait(false);
    }

    /// <summary>Stops what is being said.</summary>
    public async Task<Effect> InterruptAsync() => await _control.ApplyAsync(
        new ApplyRequest { Session = Session, Command = new Command { Interrupt = new() } }, _secret);

    /// <summary>How the session is doing.</summary>
    public async Task<Session> GetAsync() => await _sessions.GetAsync(new GetSessionRequest { Session = Session });

    /// <summary>Ends the session.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _sessions.CloseAsync(new CloseSessionRequest { Session = Session }, _secret).ConfigureAwait(false);
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.NotFound or StatusCode.Unavailable)
        {
            // it has ended by itself, or with its server
        }

        _channel.Dispose();
    }

    private static AudioFormat Format(WavFile voice, TimeSpan? prebuffer) => new()
    {
        Encoding = AudioEncoding.Pcm16,
        SampleRate = voice.SampleRate,
        Prebuffer = prebuffer is { } given ? Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(given) : null,
    };

    private static ByteString Pcm16(ReadOnlyMemory<float> samples)
    {
        var bytes = new byte[2 * samples.Length];
        for (var i = 0; i < samples.Length; i++)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(2 * i), (short)(32_767 * samples.Span[i]));
        }

        return UnsafeByteOperations.UnsafeWrap(bytes);
    }

    private static async Task<List<PushAudioResponse>> ReadAsync(AsyncDuplexStreamingCall<PushAudioRequest, PushAudioResponse> push, CancellationToken cancellation)
    {
        var told = new List<PushAudioResponse>();
        while (await push.ResponseStream.MoveNext(cancellation).ConfigureAwait(false))
        {
            told.Add(push.ResponseStream.Current);
        }

        return told;
    }
}
