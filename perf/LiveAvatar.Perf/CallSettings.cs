namespace LiveAvatar.Perf;

/// <summary>What is measured.</summary>
/// <param name="Seconds">Length of the measured call.</param>
/// <param name="Codec">vp8 or h264.</param>
internal sealed record CallSettings(int Seconds, string Codec)
{
    /// <summary>Calls made only to time their first picture.</summary>
    public int Connects { get; } = 10;

    /// <summary>Vowels whose way from microphone to picture is timed.</summary>
    public int Onsets { get; } = 40;
}
