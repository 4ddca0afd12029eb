namespace LiveAvatar.Pipeline.Voice;

/// <summary>How pushed sound is coded.</summary>
public enum VoiceEncoding
{
    /// <summary>Signed 16-bit samples, little-endian.</summary>
    Pcm16,

    /// <summary>Opus packets (RFC 6716), one at a time.</summary>
    Opus,
}

/// <summary>What pushed sound is.</summary>
public sealed record VoiceFormat
{
    /// <summary>The most that <see cref="Prebuffer"/> may be.</summary>
    public static readonly TimeSpan MaxPrebuffer = TimeSpan.FromSeconds(5);

    /// <summary>Sample rates of PCM.</summary>
    public static readonly IReadOnlyList<int> SampleRates = [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000];

    /// <summary>How it is coded.</summary>
    public VoiceEncoding Encoding { get; init; }

    /// <summary>Of PCM: one of <see cref="SampleRates"/>.</summary>
    public int SampleRate { get; init; } = 48_000;

    /// <summary>Of PCM: 1, or 2 interleaved.</summary>
    public int Channels { get; init; } = 1;

    /// <summary>How much of an utterance must be here before it begins, and again after it ran dry.</summary>
    public TimeSpan Prebuffer { get; init; } = TimeSpan.FromMilliseconds(60);
}
