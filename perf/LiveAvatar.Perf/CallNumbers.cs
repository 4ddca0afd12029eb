using LiveAvatar.CallKit.Analysis;

namespace LiveAvatar.Perf;

/// <summary>The numbers of one run.</summary>
/// <param name="ReadyMs">Process start until /readyz said yes.</param>
/// <param name="FirstCallMs">POST to first decoded frame of the very first call.</param>
/// <param name="FirstFrame">The same for the calls after it.</param>
/// <param name="MicToPhotonByCaptureTime">Presented minus abs-capture-time of the sound the frame shows.</param>
/// <param name="MicToPhotonByOnset">From the start of a vowel to the first frame with a visibly open mouth.</param>
/// <param name="OnsetsMissed">Vowels the mouth did not answer.</param>
/// <param name="Stages">The server's own stage times.</param>
/// <param name="FramesPerSecond">Decoded by the browser.</param>
/// <param name="FrameGap">Between presented frames.</param>
/// <param name="Counts">The session's counters at the end.</param>
/// <param name="BrowserFramesDropped">Decoded but not shown.</param>
/// <param name="CoresPerSession">CPU time of the server during the call per wall time, less the idle server's.</param>
/// <param name="CoresIdle">The same of the idle server.</param>
/// <param name="AllocatedBytesPerFrame">Managed bytes the whole server allocates per frame; the runtime counts in steps of 8 KiB per thread, so some tens are noise. Null when not exposed.</param>
/// <param name="ResidentMiB">Memory of the server process in the call.</param>
/// <param name="ViewerVideoLeadMs">How much the mouth leads the voice at a viewer.</param>
/// <param name="ViewerCorrelation">Of mouth and voice at that offset.</param>
/// <param name="ViewerAudioBufferMs">How long the viewer's browser held the sound; it varies with the machine's load.</param>
internal sealed record CallNumbers(
    double ReadyMs,
    double FirstCallMs,
    Percentiles FirstFrame,
    Percentiles MicToPhotonByCaptureTime,
    Percentiles MicToPhotonByOnset,
    int OnsetsMissed,
    IReadOnlyDictionary<string, Percentiles> Stages,
    double FramesPerSecond,
    Percentiles FrameGap,
    IReadOnlyDictionary<string, long> Counts,
    long BrowserFramesDropped,
    double CoresPerSession,
    double CoresIdle,
    double? AllocatedBytesPerFrame,
    double ResidentMiB,
    double ViewerVideoLeadMs,
    double ViewerCorrelation,
    double ViewerAudioBufferMs);
