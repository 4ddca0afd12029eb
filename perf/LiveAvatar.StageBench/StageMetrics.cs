using LiveAvatar.Results;

namespace LiveAvatar.StageBench;

/// <summary>Puts measurements into the form of all results.</summary>
internal static class StageMetrics
{
    internal static IReadOnlyList<Metric> Of(IEnumerable<StageMeasurement> stages) => [.. stages.SelectMany(Of)];

    private static IEnumerable<Metric> Of(StageMeasurement stage)
    {
        var name = "stages/" + stage.Name;
        yield return Metric.Many(name, stage.Title, "ms", Better.Lower, stage.Milliseconds, new Target("p50", null, stage.BudgetMilliseconds));
        yield return Metric.Single(
            name + "/allocated", stage.Title + ": managed memory", "bytes", Better.Lower, stage.AllocatedBytes,
            stage.MayAllocate ? [] : [new Target("value", null, 0)]);
    }
}
