using LiveAvatar.CallKit;

namespace LiveAvatar.Perf.Call;

/// <summary>Everything one measurement of one kind of call has seen; times in ms.</summary>
internal sealed record CallSamples
{
    /// <summary>POST to first decoded frame, call after call.</summary>
    public required IReadOnlyList<double> FirstFrames { get; init; }

    /// <summary>Presented, less the capture time of the middle of the sound a frame shows.</summary>
    public required IReadOnlyList<double> ByCaptureTime { get; init; }

    /// <summary>From the start of a vowel to the first frame with a visibly open mouth; null when the mouth did not answer.</summary>
    public required IReadOnlyList<double?> ByOnset { get; init; }

    /// <summary>The server's ledger of the call.</summary>
    public required IReadOnlyList<LedgerFrame> Ledger { get; init; }

    /// <summary>Sound a frame shows, and sound heard beyond it.</summary>
    public required (double FrameMs, double LookAheadMs) Sound { get; init; }

    /// <summary>Between presented frames.</summary>
    public required IReadOnlyList<double> Gaps { get; init; }

    /// <summary>Frames decoded a second.</summary>
    public required double FramesPerSecond { get; init; }

    /// <summary>The session's counters at its end.</summary>
    public required IReadOnlyDictionary<string, long> Counts { get; init; }

    /// <summary>Decoded but not shown.</summary>
    public required long BrowserDropped { get; init; }

    /// <summary>CPU time of the server per wall time: in the call less idle, and idle.</summary>
    public required (double Call, double Idle) Cores { get; init; }

    /// <summary>Managed bytes the whole server allocates per frame.</summary>
    public required double BytesPerFrame { get; init; }

    /// <summary>Memory of the server in the call.</summary>
    public required double ResidentMiB { get; init; }

    /// <summary>How much the mouth leads the voice at a viewer, and the correlation there.</summary>
    public required (double LeadMs, double Correlation) Lips { get; init; }

    /// <summary>From the driver's sound to the same sound in a viewer's audio output.</summary>
    public required double VoiceReturnMs { get; init; }

    /// <summary>How much later than its picture a viewer heard the voice, at every frame; empty where the browser knows no capture times.</summary>
    public required IReadOnlyList<double> AvOffsets { get; init; }

    /// <summary>How long the viewer's browser held the sound.</summary>
    public required double AudioBufferMs { get; init; }
}
