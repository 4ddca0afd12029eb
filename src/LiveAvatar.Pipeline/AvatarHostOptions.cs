using LiveAvatar.Media.Video;

namespace LiveAvatar.Pipeline;

/// <summary>Limits and defaults of the sessions of one process.</summary>
public sealed record AvatarHostOptions
{
    /// <summary>Avatar of sessions that name none; null takes the pack's first.</summary>
    public string? DefaultAvatar { get; init; }

    /// <summary>How much of the emotion heard in the voice the face shows, 0 to 1, where the caller does not say.</summary>
    /// <remarks>Half: a happy voice has a visible smile, and a label the model got wrong does not become a grimace.</remarks>
    public float AutomaticEmotion { get; init; } = 0.5f;

    /// <summary>Sessions at the same time; more are refused. The default is one per core and never less than two.</summary>
    public int MaxSessions { get; init; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>Sessions of motion alone at the same time, besides <see cref="MaxSessions"/>; they cost about a tenth of a drawn one.</summary>
    public int MaxMotionSessions { get; init; } = 10 * Math.Max(2, Environment.ProcessorCount);

    /// <summary>Viewers of one session.</summary>
    public int MaxViewersPerSession { get; init; } = 50;

    /// <summary>Inference threads; the default is one per core.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>Codec where the offer leaves the choice.</summary>
    public VideoCodec PreferredCodec { get; init; } = VideoCodec.Vp8;

    /// <summary>Video bit rate in bits per second.</summary>
    public int VideoBitrate { get; init; } = 1_200_000;
}
