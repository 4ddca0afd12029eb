using System.Diagnostics;
using LiveAvatar.CallKit;
using LiveAvatar.Results;
using LiveAvatar.StageBench;

namespace LiveAvatar.Quality.Tests;

/// <summary><c>perf stages</c> as CI runs it: every output is right, and nothing on the way of a packet or a frame allocates.</summary>
public sealed class StagesTests : IDisposable
{
    private static readonly string[] Stages =
        ["srtp_receive", "jitter_buffer", "opus_decode", "resample", "listen", "draw", "vp8_encode", "h264_encode", "vp8_packets", "udp_send"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("liveavatar-stages");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task SmokeRun_MeasuresEveryStage_AndNoneAllocates()
    {
        var file = Path.Combine(_folder.FullName, "stages.json");
        var (code, text) = await RunAsync("stages", "--smoke", "--provider", "cpu", "--output", file);

        Assert.True(code == 0, text);
        var result = RunResult.Read(file);
        Assert.Equal("stages", result.Kind);
        Assert.Equal("Cpu", result.Provider);
        Assert.Equal("smoke", result.Settings["effort"]);
        Assert.Equal(Stages.SelectMany(stage => (string[])[$"stages/{stage}", $"stages/{stage}/allocated"]), result.Metrics.Select(metric => metric.Name));
        foreach (var stage in Stages)
        {
            var time = result.Metrics.Single(metric => metric.Name == "stages/" + stage);
            Assert.Equal("ms", time.Unit);
            Assert.True(time.Distribution is { Count: 5, P50: > 0 }, stage);
            Assert.Equal("p50", Assert.Single(time.Targets).Of);
            var allocated = result.Metrics.Single(metric => metric.Name == $"stages/{stage}/allocated");
            Assert.Equal((0, "bytes"), (allocated.Value, allocated.Unit));
            Assert.Equal(new Target("value", null, 0), Assert.Single(allocated.Targets));
        }
    }

    [Fact]
    public async Task UnknownStage_IsSaidInOneSentence()
    {
        var (code, text) = await RunAsync("stages", "--smoke", "--filter", "opera");

        Assert.Equal(1, code);
        Assert.Contains("No stage is called 'opera'", text, StringComparison.Ordinal);
    }

    [Fact]
    public void StageThatAllocates_Fails()
    {
        using var stage = new FakeStage { Bytes = 64 };
        var found = Assert.Single(StageRun.CheckAndTime([stage], Timer(), modelsMayAllocate: false, _ => { }));

        Assert.Equal(64 + (3 * IntPtr.Size), found.AllocatedBytes); // an array's header, type and length
        Assert.True(found.Fails);
        var metric = StageMetrics.Of([found])[1];
        Assert.False(metric.Targets.Single().IsMetBy(metric.Value!.Value));
    }

    [Fact]
    public void StageThatDoesNot_Passes()
    {
        using var stage = new FakeStage();
        var found = Assert.Single(StageRun.CheckAndTime([stage], Timer(), modelsMayAllocate: false, _ => { }));

        Assert.Equal(0, found.AllocatedBytes);
        Assert.False(found.Fails);
        Assert.Equal(5, found.Milliseconds.Count);
    }

    [Fact]
    public void ModelsOnAGpu_MayAllocate()
    {
        using var stage = new FakeStage { Bytes = 64, IsModel = true };
        var found = Assert.Single(StageRun.CheckAndTime([stage], Timer(), modelsMayAllocate: true, _ => { }));

        Assert.True(found.AllocatedBytes > 0);
        Assert.False(found.Fails);
        Assert.Empty(StageMetrics.Of([found])[1].Targets);
    }

    [Fact]
    public void WrongOutput_NothingIsTimed()
    {
        using var good = new FakeStage();
        using var wrong = new FakeStage { IsWrong = true };
        var error = Assert.Throws<StageException>(() => StageRun.CheckAndTime([good, wrong], Timer(), modelsMayAllocate: false, _ => { }));

        Assert.Contains("wrong", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, good.Steps);
    }

    private StageTimer Timer() => new(Effort.Smoke, _folder.FullName);

    private static async Task<(int Code, string Text)> RunAsync(params string[] arguments)
    {
        var program = Checkout.Program("perf", "LiveAvatar.Perf");
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        var text = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = await process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await text + errors);
    }

    private sealed class FakeStage : Stage
    {
        internal int Bytes { get; init; }

        internal bool IsModel { get; init; }

        internal bool IsWrong { get; init; }

        internal int Steps { get; private set; }

        internal byte[]? Kept { get; private set; }

        internal override string Name => "fake";

        internal override string Title => "do nothing";

        internal override TimeSpan Budget => TimeSpan.FromMilliseconds(1);

        internal override int Batch => 10;

        internal override bool RunsModels => IsModel;

        internal override void Check() => Require(!IsWrong, "the output is wrong");

        internal override void Step()
        {
            Steps++;
            Kept = Bytes > 0 ? new byte[Bytes] : null;
        }
    }
}
