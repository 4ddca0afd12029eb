namespace LiveAvatar.Inference;

/// <summary>How one frame is to be played: emotion and head pose. The default value is neutral, with the pose from the voice.</summary>
/// <remarks>Values out of range are clamped, and what is not a number counts as 0.</remarks>
public readonly ref struct Steering
{
    /// <summary>Strength 0…1 of each emotion of the pack, in its order; empty is neutral.</summary>
    public ReadOnlySpan<float> Emotion { get; init; }

    /// <summary>Wanted head pose: yaw, pitch, roll in radians, x, y, z in widths of the head; empty is straight ahead.</summary>
    public ReadOnlySpan<float> Pose { get; init; }

    /// <summary>0 = pose from the voice, 1 = <see cref="Pose"/>, between = blend.</summary>
    public float PoseWeight { get; init; }
}
