namespace LiveAvatar.CallKit;

/// <summary>One frame of a session's ledger; times in ms on the server's monotonic clock.</summary>
/// <param name="Frame">Counts from 0.</param>
/// <param name="Fate">"sent", or what became of it.</param>
/// <param name="ReceivedMs">When the packet that completed its sound had arrived.</param>
/// <param name="FirstCapturedMs">When the first sample it shows was captured; null while the driver's clock is unknown.</param>
/// <param name="LastCapturedMs">When the last sample it shows was captured.</param>
/// <param name="Stages">How long each stage took.</param>
public sealed record LedgerFrame(
    long Frame, string Fate, double ReceivedMs, double? FirstCapturedMs, double? LastCapturedMs, IReadOnlyDictionary<string, double> Stages);
