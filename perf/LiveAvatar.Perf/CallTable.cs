using LiveAvatar.CallKit.Analysis;
using Spectre.Console;

namespace LiveAvatar.Perf;

/// <summary>Prints a result for people.</summary>
internal static class CallTable
{
    public static void Print(PerfResult<CallSettings, CallNumbers> result)
    {
        var numbers = result.Results;
        var times = new Table().Title("Times in ms").AddColumn("").AddColumns("n", "p50", "p95", "p99");
        for (var i = 1; i < times.Columns.Count; i++)
        {
            times.Columns[i].RightAligned();
        }

        Row(times, "mic to photon, by capture time", numbers.MicToPhotonByCaptureTime);
        Row(times, "mic to photon, by vowel onset", numbers.MicToPhotonByOnset);
        foreach (var (stage, values) in numbers.Stages)
        {
            Row(times, "server: " + stage.Replace('_', ' '), values);
        }

        Row(times, "between frames", numbers.FrameGap);
        Row(times, "POST to first frame", numbers.FirstFrame);
        AnsiConsole.Write(times);

        var grid = new Grid().AddColumn().AddColumn();
        grid.AddRow("process start to ready", $"{numbers.ReadyMs:F0} ms");
        grid.AddRow("POST to first frame, first call", $"{numbers.FirstCallMs:F0} ms");
        grid.AddRow("frames decoded", $"{numbers.FramesPerSecond:F2} per second");
        grid.AddRow("frames dropped", $"{numbers.Counts.GetValueOrDefault("frames_dropped")} by the server, {numbers.BrowserFramesDropped} by the browser");
        grid.AddRow("processor per session", $"{numbers.CoresPerSession:F2} cores (idle server {numbers.CoresIdle:F2})");
        grid.AddRow("allocated per frame", numbers.AllocatedBytesPerFrame is { } bytes ? $"{bytes:F0} bytes" : "not exposed");
        grid.AddRow("memory", $"{numbers.ResidentMiB:F0} MiB");
        grid.AddRow("mouth before voice at a viewer", $"{numbers.ViewerVideoLeadMs:F0} ms (correlation {numbers.ViewerCorrelation:F2}; the browser held the sound {numbers.ViewerAudioBufferMs:F0} ms)");
        grid.AddRow("vowels the mouth missed", $"{numbers.OnsetsMissed}");
        grid.AddRow("machine", Markup.Escape($"{result.Machine.Processor}, {result.Machine.Cores} cores, load {result.Machine.LoadAverage:F1} at start"));
        grid.AddRow("pack, provider", Markup.Escape($"{result.Pack}, {result.Provider}, commit {result.Commit}"));
        AnsiConsole.Write(grid);
    }

    private static void Row(Table table, string name, Percentiles values) => table.AddRow(
        name, $"{values.Count}", $"{values.P50:F1}", $"{values.P95:F1}", $"{values.P99:F1}");
}
