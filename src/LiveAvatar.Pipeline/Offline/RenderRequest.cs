namespace LiveAvatar.Pipeline.Offline;

/// <summary>What <see cref="OfflineRenderer"/> shall draw.</summary>
/// <param name="VoicePath">A sound file: WAV, FLAC, Ogg, Opus or MP3.</param>
/// <param name="OutputPath">The WebM file to write; replaced only when the rendering succeeded.</param>
/// <param name="Avatar">Avatar's name, or null for the pack's first.</param>
/// <param name="Seed">Seed of the face's own movements.</param>
/// <param name="VideoBitrate">Bits per second.</param>
/// <param name="Emotion">Strengths 0 to 1 by the names of the pack's emotions, the same for the whole recording; null is neutral.</param>
/// <param name="AutomaticEmotion">How much of the emotion heard in the voice is added, 0 to 1.</param>
/// <param name="AcceptNonSpeech">Draw even when nothing in the file sounds like speech.</param>
public sealed record RenderRequest(
    string VoicePath,
    string OutputPath,
    string? Avatar = null,
    int Seed = 1,
    int VideoBitrate = 1_500_000,
    IReadOnlyDictionary<string, float>? Emotion = null,
    float AutomaticEmotion = 0.5f,
    bool AcceptNonSpeech = false);

/// <summary>How far a rendering is.</summary>
/// <param name="Done">Frames drawn.</param>
/// <param name="Total">Frames in all.</param>
public readonly record struct RenderProgress(int Done, int Total);

/// <summary>What a rendering made.</summary>
/// <param name="Frames">Frames in the file.</param>
/// <param name="Duration">Its length.</param>
/// <param name="Bytes">Its size.</param>
public sealed record RenderResult(int Frames, TimeSpan Duration, long Bytes);

/// <summary>The rendering cannot be done; the message says what is wrong with the input and what to do.</summary>
public sealed class RenderException(string message, Exception? inner = null) : Exception(message, inner);
