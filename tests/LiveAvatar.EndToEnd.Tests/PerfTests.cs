using System.Diagnostics;
using LiveAvatar.CallKit;
using LiveAvatar.Results;

namespace LiveAvatar.EndToEnd.Tests;

/// <summary>Every measuring command once, short. Wall-clock figures are not judged here; CPU, memory and what must not happen are.</summary>
public sealed class PerfTests(ITestOutputHelper output) : IDisposable
{
    private const double MaxCoresPerCall = 1.2;      // 0.5 to 0.85 on machines seen so far
    private const double MaxBytesPerFrame = 2000;    // the whole server's; scrapes, timers and logs are in it
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("liveavatar-perf");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Call_TellsWhereTheTimeGoes()
    {
        var result = await MeasureAsync("call", "--seconds", "6", "--quick");
        var photon = Many(result, "call/vp8/mic_to_photon/capture_time");
        Assert.InRange(photon.Count, 75, 200);

        // The steps follow one another from the sound to the screen, so they add up to the whole.
        Assert.Equal(photon.P50, result.Waterfall.Sum(step => step.P50), 8.0);
        Assert.Equal(12, result.Waterfall.Count);
        Assert.InRange(Many(result, "call/vp8/av_offset").Count, 300, 400);
        Assert.InRange(Many(result, "call/firefox_vp8/mic_to_photon/onset").Count, 3, 6);
        Assert.True(One(result, "call/vp8/cores") < MaxCoresPerCall, "a call took too much CPU");
        Assert.True(One(result, "call/vp8/allocated") < MaxBytesPerFrame, "frames allocate");
    }

    [Fact]
    public async Task Capacity_CountsCpuAndMemoryOfACall()
    {
        var result = await MeasureAsync("capacity", "--load", "calls", "--seconds", "5", "--most", "1");
        Assert.InRange(One(result, "capacity/calls/cores_each"), 0.05, MaxCoresPerCall);
        Assert.InRange(One(result, "capacity/calls/memory_first"), 1, 200);
        Assert.InRange(Many(result, "capacity/calls/latency").P50, 60, 400);
        Assert.InRange(Many(result, "capacity/calls/interval").P50, 30, 50);
    }

    [Fact]
    public async Task Network_OutageIsRecoveredFrom()
    {
        var result = await MeasureAsync("network", "--seconds", "3", "--filter", "outage");
        Assert.InRange(One(result, "network/outage/recovery"), 0, 3000);
        Assert.InRange(Many(result, "network/clean/latency").P50, 60, 500);
    }

    [Fact]
    public async Task Soak_LeavesNothingBehind()
    {
        var result = await MeasureAsync("soak", "--minutes", "0.6", "--stay", "5");
        Assert.Equal(0, One(result, "soak/stuck"));
        Assert.InRange(One(result, "soak/handles_growth"), -20, 4);
        Assert.InRange(One(result, "soak/calls"), 3, 20);
        Assert.InRange(Many(result, "soak/av_offset").P50, -100, 100);
    }

    private static double One(RunResult result, string name) => result.Metrics.Single(metric => metric.Name == name).Value!.Value;

    private static Distribution Many(RunResult result, string name) => result.Metrics.Single(metric => metric.Name == name).Distribution!;

    // As a user would: runs the command, reads its file, makes a page of it.
    private async Task<RunResult> MeasureAsync(params string[] arguments)
    {
        var file = Path.Combine(_folder.FullName, arguments[0] + ".json");
        await RunAsync([.. arguments, "--output", file]);
        var page = Path.Combine(_folder.FullName, "report.html");
        await RunAsync("report", file, "--output", page);
        Assert.Contains("</html>", await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        return RunResult.Read(file);
    }

    private async Task RunAsync(params string[] arguments)
    {
        var program = Checkout.Program("perf", "LiveAvatar.Perf");
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Checkout.Root })!;
        var (told, complaints) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        output.WriteLine(await told);
        Assert.True(process.ExitCode == 0, await complaints);
    }
}
