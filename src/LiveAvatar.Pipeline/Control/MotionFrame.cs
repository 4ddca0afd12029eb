namespace LiveAvatar.Pipeline.Control;

/// <summary>The motion of one frame, for whoever draws the face elsewhere.</summary>
public sealed class MotionFrame
{
    internal MotionFrame(int motion, int emotion) => (Motion, Emotion) = (new float[motion], new float[emotion]);

    /// <summary>The frame's number; the session's first is 1.</summary>
    public long Frame { get; internal set; }

    /// <summary>Media time of the middle of the sound it shows.</summary>
    public TimeSpan MediaTime { get; internal set; }

    /// <summary>The pack's channels in its order: 52 ARKit coefficients 0…1, head yaw, pitch, roll in radians, x, y, z in head widths.</summary>
    public float[] Motion { get; }

    /// <summary>Strength 0…1 of each of the pack's emotions.</summary>
    public float[] Emotion { get; }
}
