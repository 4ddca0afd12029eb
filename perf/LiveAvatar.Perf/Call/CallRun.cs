using LiveAvatar.Results;

namespace LiveAvatar.Perf.Call;

/// <summary>What a whole run has seen.</summary>
/// <param name="Machine">As it was before.</param>
/// <param name="ServerLog">The server's start-up lines.</param>
/// <param name="ReadyMs">Process start until /readyz said yes.</param>
/// <param name="Samples">Each variant's repeats.</param>
internal sealed record CallRun(Machine Machine, string ServerLog, double ReadyMs, IReadOnlyList<(CallVariant Variant, IReadOnlyList<CallSamples> Repeats)> Samples);
