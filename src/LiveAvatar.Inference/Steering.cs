namespace LiveAvatar.Inference;

/// <summary>How one frame is to be played: emotion, head pose and eyes. The default value is neutral, with pose and eyes from the models.</summary>
/// <remarks>Values out of range are clamped, and what is not a number counts as 0.</remarks>
/// <param name="emotion">Strength 0…1 of each emotion of the pack, in its order; those left out are 0.</param>
/// <param name="pose">Wanted head pose: yaw, pitch, roll in radians, x, y, z in widths of the head; empty is straight ahead.</param>
/// <param name="poseWeight">0 = pose from the voice, 1 = the pose given, between = blend.</param>
public readonly ref struct Steering(ReadOnlySpan<float> emotion, ReadOnlySpan<float> pose, float poseWeight)
{
    /// <summary>Strength 0…1 of each emotion of the pack, in its order; those left out are 0.</summary>
    public ReadOnlySpan<float> Emotion { get; init; } = emotion;

    /// <summary>Wanted head pose: yaw, pitch, roll in radians, x, y, z in widths of the head; empty is straight ahead.</summary>
    public ReadOnlySpan<float> Pose { get; init; } = pose;

    /// <summary>0 = pose from the voice, 1 = <see cref="Pose"/>, between = blend.</summary>
    public float PoseWeight { get; init; } = poseWeight;

    /// <summary>How much of the emotion heard in the voice is added to <see cref="Emotion"/>: 0 = nothing, 1 = all. Without effect in a pack that hears none.</summary>
    public float AutomaticEmotion { get; init; }

    /// <summary>Gaze and blink; the default leaves the eyes to themselves.</summary>
    public EyeSteering Eyes { get; init; }

    /// <summary>Turned on top of whatever the head does, in radians; positive is the presenter's left.</summary>
    public float HeadTurn { get; init; }

    /// <summary>Nodded down on top of whatever the head does, in radians.</summary>
    public float HeadNod { get; init; }

    /// <summary>How much of the speech is taken out of the mouth: 0 = nothing, 1 = it rests.</summary>
    public float Hush { get; init; }
}
