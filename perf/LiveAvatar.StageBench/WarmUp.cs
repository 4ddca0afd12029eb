namespace LiveAvatar.StageBench;

/// <summary>Runs a stage until the runtime has done with optimising it.</summary>
/// <remarks>
/// Hot code is compiled anew in the background, twice, and the second time was seen to come half a second after the first step.
/// BenchmarkDotNet's own warm-up counts batches and would end before.
/// </remarks>
internal static class WarmUp
{
    private const double Quicker = 0.95; // of the least time before: less of a gain is noise
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Steps until they no longer get quicker.</summary>
    /// <param name="stage">Whose check has held.</param>
    /// <param name="patience">How long without a gain is enough.</param>
    internal static void Run(Stage stage, TimeSpan patience)
    {
        var time = TimeProvider.System;
        var (start, least) = (time.GetTimestamp(), TimeSpan.MaxValue);
        for (var gained = start; time.GetElapsedTime(gained) < patience && time.GetElapsedTime(start) < Limit;)
        {
            stage.Prepare();
            var before = time.GetTimestamp();
            for (var step = 0; step < stage.Batch; step++)
            {
                stage.Step();
            }

            var now = time.GetTimestamp();
            if (time.GetElapsedTime(before, now) < least * Quicker)
            {
                (least, gained) = (time.GetElapsedTime(before, now), now);
            }
        }
    }
}
