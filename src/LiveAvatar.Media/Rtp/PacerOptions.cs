namespace LiveAvatar.Media.Rtp;

/// <summary>What a <see cref="Pacer{T}"/> may do.</summary>
public sealed record PacerOptions
{
    /// <summary>Packets that can wait, of voice, resends and video each.</summary>
    public int Capacity { get; init; } = 512;

    /// <summary>Sending rate over encoder rate; libwebrtc's 2.5 lets a key frame of 20 kB pass in 80 ms at 800 kbit/s.</summary>
    public double Headroom { get; init; } = 2.5;

    /// <summary>How much may leave at once, as time at the sending rate.</summary>
    public TimeSpan Burst { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>The longest the last packet in the queue shall wait: a fuller queue is sent faster.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromMilliseconds(120);
}
