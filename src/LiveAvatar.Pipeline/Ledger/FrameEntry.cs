namespace LiveAvatar.Pipeline.Ledger;

/// <summary>One frame as the ledger keeps it. Times in milliseconds.</summary>
/// <param name="Number">Counts the session's frames from 0.</param>
/// <param name="Fate">What became of it.</param>
/// <param name="ReceivedMs">When the kernel had the packet that completed its sound, on the process's monotonic clock.</param>
/// <param name="FirstCapturedMs">When the first sample it shows was captured, on the same clock; null while the driver's clock is unknown.</param>
/// <param name="LastCapturedMs">When the last sample it shows was captured.</param>
/// <param name="Stages">How long each stage took, in the order of <see cref="PipelineStage"/>; null for those it did not come through.</param>
public sealed record FrameEntry(long Number, FrameFate Fate, double ReceivedMs, double? FirstCapturedMs, double? LastCapturedMs, IReadOnlyList<double?> Stages);
