namespace LiveAvatar.Pipeline;

/// <summary>One video frame's worth of sound on its way to an inference worker (queue A).</summary>
internal sealed class SpeechChunk(int samples)
{
    /// <summary>Mono sound at 16 kHz, −1…1.</summary>
    public float[] Samples { get; } = new float[samples];

    /// <summary>Media time of the first sample.</summary>
    public TimeSpan MediaTime { get; set; }

    /// <summary>When the packet that completed the chunk arrived.</summary>
    public TimeSpan Completed { get; set; }

    /// <summary>When the driver's machine captured the first sample.</summary>
    public CaptureTime Captured { get; set; }
}
