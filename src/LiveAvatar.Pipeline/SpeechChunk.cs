using LiveAvatar.Pipeline.Ledger;

namespace LiveAvatar.Pipeline;

/// <summary>One video frame's worth of sound on its way to an inference worker (queue A).</summary>
internal sealed class SpeechChunk(int samples)
{
    /// <summary>Samples per second.</summary>
    public const int SampleRate = 16_000;

    /// <summary>Mono sound at <see cref="SampleRate"/>, −1…1.</summary>
    public float[] Samples { get; } = new float[samples];

    /// <summary>Media time of the first sample.</summary>
    public TimeSpan MediaTime { get; set; }

    /// <summary>The moments of the frame it will become.</summary>
    public FrameTimes Times;

    /// <summary>When the driver's machine captured the first sample.</summary>
    public CaptureTime Captured { get; set; }

    /// <summary>Makes what lies before a media time silent.</summary>
    public void SilenceBefore(TimeSpan mediaTime)
    {
        var silent = (mediaTime - MediaTime).TotalSeconds * SampleRate;
        Samples.AsSpan(0, (int)Math.Clamp(silent, 0, Samples.Length)).Clear();
    }
}
