namespace LiveAvatar.Perf.Capacity;

/// <summary>What was seen at one load.</summary>
/// <param name="Count">Sessions, or viewers.</param>
/// <param name="Intervals">Between frames, of all, ms.</param>
/// <param name="Due">Frames that should have come.</param>
/// <param name="Came">Frames that came.</param>
/// <param name="Latencies">From the capture of a frame's sound to the arrival of its last packet, ms; empty where nobody knows.</param>
/// <param name="Cores">CPU time of the server per wall time.</param>
/// <param name="MemoryMiB">Of the server, resident.</param>
/// <param name="Lateness">How late the generator sent, ms.</param>
internal sealed record RampStep(
    int Count,
    IReadOnlyList<double> Intervals,
    double Due,
    double Came,
    IReadOnlyList<double> Latencies,
    double Cores,
    double MemoryMiB,
    IReadOnlyList<double> Lateness)
{
    /// <summary>Share of the frames that did not come, 0 to 1.</summary>
    public double Missed => Due > 0 ? Math.Max(0, 1 - (Came / Due)) : 1;
}
