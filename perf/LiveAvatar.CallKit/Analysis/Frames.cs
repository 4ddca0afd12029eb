namespace LiveAvatar.CallKit.Analysis;

/// <summary>Reads how evenly frames were presented.</summary>
public static class Frames
{
    /// <summary>Times between presented frames, ms.</summary>
    public static IReadOnlyList<double> Gaps(PictureRecording picture) =>
        [.. picture.Frames.Zip(picture.Frames.Skip(1), (before, frame) => frame.Presented - before.Presented)];

    /// <summary>The longest time one picture stood still, ms.</summary>
    public static double LongestFreeze(PictureRecording picture) => picture.Frames.Count < 2 ? double.PositiveInfinity : Gaps(picture).Max();
}
