using LiveAvatar.Pipeline.Ledger;

namespace LiveAvatar.Server.Api;

/// <summary>One frame of the ledger; times in milliseconds.</summary>
/// <param name="Frame">Counts the session's frames from 0.</param>
/// <param name="Fate">What became of it: sent, notWatched, late, noBuffer, overtaken, notHeard or leftOut.</param>
/// <param name="ReceivedMs">When the packet that completed its sound had arrived, on the server's monotonic clock.</param>
/// <param name="FirstCapturedMs">When the first sample it shows was captured, on that clock; null while the driver's clock is unknown.</param>
/// <param name="LastCapturedMs">When the last sample it shows was captured.</param>
/// <param name="Stages">How long each stage took, by name; those it did not come through are left out.</param>
internal sealed record FrameReply(
    long Frame, string Fate, double ReceivedMs, double? FirstCapturedMs, double? LastCapturedMs, IReadOnlyDictionary<string, double> Stages)
{
    /// <summary>Puts an entry into words.</summary>
    public static FrameReply From(FrameEntry entry) => new(
        entry.Number,
        System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(entry.Fate.ToString()),
        entry.ReceivedMs,
        entry.FirstCapturedMs,
        entry.LastCapturedMs,
        StageNames.All.Zip(entry.Stages).Where(stage => stage.Second is not null).ToDictionary(stage => StageNames.Of(stage.First), stage => stage.Second!.Value));
}
