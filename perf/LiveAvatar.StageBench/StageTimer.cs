using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Mathematics.OutlierDetection;

namespace LiveAvatar.StageBench;

/// <summary>Times stages with BenchmarkDotNet, in this process: no project is generated, built or restored.</summary>
internal sealed class StageTimer(Effort effort, string work)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10); // of one stage; a step that hangs is an error, not a wait

    private int Batches => effort switch
    {
        Effort.Smoke => 5,
        Effort.Short => 100,
        _ => 1000,
    };

    /// <summary>Times one stage whose check has held.</summary>
    internal StageMeasurement Measure(Stage stage, bool mayAllocate)
    {
        WarmUp.Run(stage, TimeSpan.FromSeconds(effort == Effort.Smoke ? 0.3 : 1));
        StageBenchmark.Measured = stage;
        StageBenchmark.AllocatedBytes.Clear();
        var summary = BenchmarkRunner.Run(BenchmarkConverter.TypeToBenchmarks(typeof(StageBenchmark), Configure(stage.Batch)));
        if (summary.Reports is not [{ ResultStatistics: { } statistics } report])
        {
            throw new StageException($"{stage.Name}: nothing was measured. {string.Join(" ", summary.ValidationErrors.Select(error => error.Message))}");
        }

        double[] times = [.. report.AllMeasurements.Where(Counts).Select(m => m.GetAverageTime().Nanoseconds / 1e6)];
        return new StageMeasurement(
            stage.Name,
            stage.Title,
            times,
            statistics.ConfidenceInterval.Margin / 1e6,
            StageBenchmark.AllocatedBytes.TakeLast(times.Length).Average() / stage.Batch, // the batches that are timed come last
            stage.Budget.TotalMilliseconds,
            mayAllocate);
    }

    private static bool Counts(Measurement measurement) => measurement is { IterationMode: IterationMode.Workload, IterationStage: IterationStage.Actual };

    // A batch is as the stage says, nothing is subtracted and no outlier left out: what a frame waits for is in the numbers.
    private ManualConfig Configure(int batch) => ManualConfig.CreateEmpty()
        .AddLogger(NullLogger.Instance)
        .AddColumnProvider(DefaultColumnProviders.Instance)
        .WithOptions(ConfigOptions.DisableLogFile)
        .WithArtifactsPath(work)
        .AddJob(Job.Default
            .WithToolchain(new InProcessEmitToolchain(Limit, logOutput: false))
            .WithInvocationCount(batch)
            .WithUnrollFactor(1)
            .WithWarmupCount(3) // of BenchmarkDotNet's own code: the stage is warm
            .WithIterationCount(Batches)
            .WithEvaluateOverhead(false)
            .WithOutlierMode(OutlierMode.DontRemove)
            .WithGcForce(false));
}
