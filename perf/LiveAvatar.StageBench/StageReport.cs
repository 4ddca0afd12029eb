using LiveAvatar.Results;

namespace LiveAvatar.StageBench;

/// <summary>What a run over the stages found.</summary>
/// <param name="Result">For the file.</param>
/// <param name="Stages">For people.</param>
public sealed record StageReport(RunResult Result, IReadOnlyList<StageMeasurement> Stages)
{
    /// <summary>Stages that allocate and must not; any is a failure of the run.</summary>
    public IEnumerable<StageMeasurement> Failures => Stages.Where(stage => stage.Fails);
}
