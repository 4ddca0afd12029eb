namespace LiveAvatar.Rtc;

/// <summary>How an artificially bad network behaves, in both directions alike; for tests and measurements only.</summary>
/// <remarks>Same seed, same traffic, same decisions.</remarks>
public sealed record LinkImpairment
{
    /// <summary>Seed of the random decisions.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Probability in [0, 1] that a datagram is lost.</summary>
    public double Loss { get; init; }

    /// <summary>Mean length of a run of lost datagrams; 1 = each is lost or not by itself (Gilbert's model).</summary>
    public double BurstLength { get; init; } = 1;

    /// <summary>Bits per second that get through, the rest waits in line; 0 = no limit.</summary>
    public double Rate { get; init; }

    /// <summary>Longest that a datagram waits in line for <see cref="Rate"/>; those that would wait longer are lost, as in a router's full queue.</summary>
    public TimeSpan MaxQueue { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Delay that every datagram takes, one way.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Further delay, drawn evenly from zero to this, per datagram.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Whether a datagram may overtake an earlier one; without it jitter stretches and bunches but keeps the order.</summary>
    public bool Reorder { get; init; }

    /// <summary>Probability in [0, 1] that a datagram arrives twice.</summary>
    public double Duplicate { get; init; }

    /// <summary>Datagrams that may be under way at once, per direction; more are lost, as in a router's full queue.</summary>
    public int QueueLength { get; init; } = 2048;
}
