using System.Diagnostics;

namespace LiveAvatar.StageBench;

/// <summary>What a number of steps of one stage cost.</summary>
/// <param name="Stage">Name of the stage.</param>
/// <param name="Steps">Steps timed.</param>
/// <param name="Min">Shortest step in ms: near what a quiet machine needs.</param>
/// <param name="Median">Half of the steps took less, ms.</param>
/// <param name="P95">19 of 20 steps took less, ms.</param>
/// <param name="Cpu">Mean CPU time of the whole process per step in ms; little disturbed by other programs.</param>
/// <param name="AllocatedBytes">Managed bytes allocated per step on the thread.</param>
internal sealed record Measurement(string Stage, int Steps, double Min, double Median, double P95, double Cpu, double AllocatedBytes)
{
    private const int WarmUpSteps = 50;

    internal static Measurement Of(Stage stage, int steps)
    {
        for (var i = 0; i < WarmUpSteps; i++)
        {
            stage.Step();
        }

        stage.Check();
        var times = new double[steps];
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < steps; i++)
        {
            var started = Stopwatch.GetTimestamp();
            stage.Step();
            times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        process.Refresh();
        cpu = process.TotalProcessorTime - cpu;
        Array.Sort(times);
        return new Measurement(stage.Name, steps, times[0], times[steps / 2], times[steps * 95 / 100], cpu.TotalMilliseconds / steps, (double)allocated / steps);
    }
}
