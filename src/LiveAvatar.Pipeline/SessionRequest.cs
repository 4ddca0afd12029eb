using LiveAvatar.Media.Video;

namespace LiveAvatar.Pipeline;

/// <summary>What a driver asks for when it calls.</summary>
public sealed record SessionRequest
{
    /// <summary>Name of an avatar in the pack; null takes the server's default.</summary>
    public string? Avatar { get; init; }

    /// <summary>Seed of the face's own movements; null draws one.</summary>
    public int? Seed { get; init; }

    /// <summary>How much of the emotion heard in the voice the face shows, 0 to 1; null takes the server's default.</summary>
    public float? AutomaticEmotion { get; init; }

    /// <summary>Preferred codec; null takes what the offer and the server prefer.</summary>
    public VideoCodec? Codec { get; init; }
}
