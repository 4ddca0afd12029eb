using LiveAvatar.Codecs;
using LiveAvatar.Inference;
using LiveAvatar.Media.Audio;
using LiveAvatar.Media.WebM;
using LiveAvatar.Pipeline.Voice;

namespace LiveAvatar.Pipeline.Offline;

/// <summary>Draws a recording with the same graphs a call uses, into a WebM file.</summary>
public sealed class OfflineRenderer(InferenceEngine engine)
{
    private const int VoiceRate = 48_000;
    private const int VoiceBlock = VoiceRate / 50;
    private const int FaceRate = 16_000;

    /// <summary>Draws the whole file.</summary>
    /// <exception cref="RenderException">The input is unreadable or is not speech, the pack has no such emotion, or the output cannot be written.</exception>
    /// <exception cref="UnknownAvatarException">The pack has no such avatar.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; no output is left behind.</exception>
    public RenderResult Render(RenderRequest request, IProgress<RenderProgress>? progress, CancellationToken cancellation)
    {
        var avatar = Avatar(request.Avatar);
        var emotion = EmotionVector.Of(request.Emotion, engine.Pack.Manifest.Emotions);
        var voice = ReadVoice(request.VoicePath);
        var heard = Heard(voice);
        if (!request.AcceptNonSpeech && SpeechCheck.Judge(heard) == SpeechCheck.Verdict.NotSpeech)
        {
            throw new RenderException(
                $"No speech was found in '{request.VoicePath}': it is a steady tone or noise. "
                + "Give a recording of a voice, or pass --accept-non-speech to draw it all the same.");
        }

        var temporary = request.OutputPath + ".part";
        var file = Create(temporary);
        try
        {
            RenderResult result;
            using (file)
            {
                result = Write(file, request, avatar, emotion, heard, Resampler.Convert(voice.Samples, voice.SampleRate, VoiceRate), progress, cancellation);
            }

            File.Move(temporary, request.OutputPath, overwrite: true);
            return result;
        }
        catch (Exception e)
        {
            File.Delete(temporary);
            if (e is IOException or UnauthorizedAccessException)
            {
                throw new RenderException($"Writing '{request.OutputPath}' failed: {e.Message}", e);
            }

            throw;
        }
    }

    private string Avatar(string? name)
    {
        var names = engine.Avatars.Select(avatar => avatar.Name).ToList();
        return name is null || names.Contains(name) ? name ?? names[0] : throw new UnknownAvatarException(name, names);
    }

    /// <summary>What the face hears of a recording: mono at 16 kHz, whatever the file's rate and channels.</summary>
    internal static float[] Heard(SoundData voice) => Resampler.Convert(voice.Samples, voice.SampleRate, FaceRate);

    internal static SoundData ReadVoice(string path)
    {
        try
        {
            return SoundFile.Read(path);
        }
        catch (SoundFileException e)
        {
            throw new RenderException(e.Message, e);
        }
    }

    private static FileStream Create(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Create, FileAccess.ReadWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RenderException($"Cannot write '{path}': {e.Message}", e);
        }
    }

    private RenderResult Write(
        FileStream file, RenderRequest request, string avatar, float[] emotion, float[] heard, float[] voice, IProgress<RenderProgress>? progress, CancellationToken cancellation)
    {
        var pack = engine.Pack.Manifest;
        var (audio, video) = (pack.Audio, pack.Video);
        using var stream = engine.CreateStream(avatar, request.Seed);
        using var encoder = new Vp8Encoder(new VideoEncoderOptions
        {
            Width = video.Width,
            Height = video.Height,
            FrameRate = video.FrameRate,
            Bitrate = request.VideoBitrate,
        });
        using var opus = new OpusEncoder(new OpusEncoderOptions { SampleRate = VoiceRate, Bitrate = 48_000 });
        using var webm = new WebMWriter(file, new WebMOptions
        {
            Width = video.Width,
            Height = video.Height,
            OpusPreSkip = opus.PreSkip,
        });

        var chunk = new float[audio.ChunkSamples];
        var pixels = new byte[video.Width * video.Height * 3 / 2];
        var frameTime = TimeSpan.FromSeconds(1.0 / video.FrameRate);
        var keyFrameEvery = 2 * video.FrameRate; // a player can seek to any two seconds
        var frames = (heard.Length + audio.ChunkSamples - 1) / audio.ChunkSamples;

        // The first calls describe what lies before the recording: as many as the look-ahead is long.
        var late = (audio.LookAheadSamples + audio.ChunkSamples - 1) / audio.ChunkSamples;
        var spoken = 0;
        for (var call = 0; call < frames + late; call++)
        {
            cancellation.ThrowIfCancellationRequested();
            Slice(heard, call * audio.ChunkSamples, chunk);
            stream.Listen(chunk, new Steering { Emotion = emotion, AutomaticEmotion = request.AutomaticEmotion });
            var frame = call - late;
            if (frame < 0)
            {
                continue;
            }

            var at = frameTime * frame;
            stream.Draw(pixels);
            WriteVoice(webm, opus, voice, ref spoken, until: at + frameTime);
            var encoded = encoder.Encode(pixels, at, forceKeyFrame: frame % keyFrameEvery == 0);
            webm.WriteVideo(encoded.Data, at, encoded.IsKeyFrame);
            progress?.Report(new RenderProgress(frame + 1, frames));
        }

        var duration = frameTime * frames;
        webm.Complete(duration);
        return new RenderResult(frames, duration, file.Length);
    }

    private static void WriteVoice(WebMWriter webm, OpusEncoder opus, float[] voice, ref int spoken, TimeSpan until)
    {
        Span<float> block = stackalloc float[VoiceBlock];
        Span<byte> packet = stackalloc byte[VoicePacket.MaxLength];
        while (TimeSpan.FromSeconds((double)spoken / VoiceRate) < until)
        {
            Slice(voice, spoken, block);
            var length = opus.Encode(block, packet);
            webm.WriteAudio(packet[..length], TimeSpan.FromSeconds((double)spoken / VoiceRate));
            spoken += VoiceBlock;
        }
    }

    /// <summary>Copies from a position on; past the end there is silence.</summary>
    private static void Slice(ReadOnlySpan<float> source, int start, Span<float> target)
    {
        var count = Math.Clamp(source.Length - start, 0, target.Length);
        if (count > 0)
        {
            source.Slice(start, count).CopyTo(target);
        }

        target[count..].Clear();
    }
}
