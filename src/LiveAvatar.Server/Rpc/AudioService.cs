using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using LiveAvatar.Pipeline;
using LiveAvatar.Pipeline.Control;
using LiveAvatar.Pipeline.Voice;
using LiveAvatar.V1;
using PlaybackEvent = LiveAvatar.Pipeline.Voice.PlaybackEvent;

namespace LiveAvatar.Server.Rpc;

/// <summary>proto/liveavatar/v1/audio.proto.</summary>
internal sealed class AudioService(SessionAccess access) : V1.AudioService.AudioServiceBase
{
    /// <inheritdoc/>
    public override async Task Push(
        IAsyncStreamReader<PushAudioRequest> requestStream, IServerStreamWriter<PushAudioResponse> responseStream, ServerCallContext context)
    {
        using var until = access.Until(context);
        if (!await requestStream.MoveNext(until.Token).ConfigureAwait(false))
        {
            return; // a stream without a word is no mistake
        }

        var session = access.ToChange(requestStream.Current.Session, context);
        using var push = session.PushVoice(Format(requestStream.Current.Format));
        var telling = TellAsync(push, responseStream, until.Token);
        try
        {
            await TakeAsync(requestStream, session, push, until.Token).ConfigureAwait(false);
            await push.DrainAsync(until.Token).ConfigureAwait(false);
        }
        catch (PushException e)
        {
            throw RpcErrors.Invalid(e.Field, e.Message);
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            throw SessionAccess.Stopping();
        }
        finally
        {
            // Whatever ended the stream, nothing may write to it after this method; what was told so far still goes out.
            push.Dispose();
            await telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task TakeAsync(IAsyncStreamReader<PushAudioRequest> requests, AvatarSession session, VoicePush push, CancellationToken cancellation)
    {
        do
        {
            var request = requests.Current;
            if (request.Session.Length > 0 && request.Session != session.Id)
            {
                throw new FieldException("session", "a stream speaks for one session; open another stream for another session.");
            }

            await push.WriteAsync(request.Audio.Memory, request.Utterance, request.EndOfUtterance, cancellation).ConfigureAwait(false);
        }
        while (await NextAsync(requests, session, cancellation).ConfigureAwait(false));
    }

    // A client that says nothing more must still learn that the session has ended.
    private static async Task<bool> NextAsync(IAsyncStreamReader<PushAudioRequest> requests, AvatarSession session, CancellationToken cancellation)
    {
        var next = requests.MoveNext(cancellation);
        if (await Task.WhenAny(next, session.Ended).ConfigureAwait(false) != next)
        {
            throw new SessionEndedException();
        }

        return await next.ConfigureAwait(false);
    }

    private static async Task TellAsync(VoicePush push, IServerStreamWriter<PushAudioResponse> responses, CancellationToken cancellation)
    {
        await foreach (var played in push.Events.ReadAllAsync(cancellation).ConfigureAwait(false))
        {
            await responses.WriteAsync(Message(played), cancellation).ConfigureAwait(false);
        }
    }

    private static PushAudioResponse Message(in Playback playback) => new()
    {
        Event = playback.Event switch
        {
            PlaybackEvent.Started => V1.PlaybackEvent.Started,
            PlaybackEvent.Progress => V1.PlaybackEvent.Progress,
            PlaybackEvent.Starved => V1.PlaybackEvent.Starved,
            PlaybackEvent.Ended => V1.PlaybackEvent.Ended,
            _ => V1.PlaybackEvent.Interrupted,
        },
        Utterance = playback.Utterance,
        Played = Duration.FromTimeSpan(playback.Played),
        MediaTime = Duration.FromTimeSpan(playback.MediaTime),
        Buffered = Duration.FromTimeSpan(playback.Buffered),
    };

    private static VoiceFormat Format(AudioFormat? format)
    {
        var given = format ?? throw new FieldException("format", "say in the first message what audio is.");
        var prebuffer = given.Prebuffer is { } duration
            ? Fields.Duration("format.prebuffer", duration, TimeSpan.Zero, VoiceFormat.MaxPrebuffer)
            : new VoiceFormat().Prebuffer;
        return given.Encoding switch
        {
            AudioEncoding.Opus => new VoiceFormat { Encoding = VoiceEncoding.Opus, Prebuffer = prebuffer },
            AudioEncoding.Pcm16 => new VoiceFormat { SampleRate = Rate(given.SampleRate), Channels = Channels(given.Channels), Prebuffer = prebuffer },
            _ => throw new FieldException("format.encoding", "is PCM16 or OPUS."),
        };
    }

    private static int Rate(int rate) => VoiceFormat.SampleRates.Contains(rate)
        ? rate
        : throw new FieldException("format.sample_rate", $"is one of {string.Join(", ", VoiceFormat.SampleRates)}.");

    private static int Channels(int channels) => channels is >= 0 and <= 2
        ? Math.Max(1, channels)
        : throw new FieldException("format.channels", "is 1 or 2.");
}
