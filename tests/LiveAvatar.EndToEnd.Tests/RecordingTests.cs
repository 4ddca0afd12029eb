using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Grpc.Core;
using Grpc.Net.Client;
using LiveAvatar.CallKit;
using LiveAvatar.V1;

namespace LiveAvatar.EndToEnd.Tests;

/// <summary>Recordings as players find them.</summary>
public sealed class RecordingTests(Stage stage, ITestOutputHelper output) : IDisposable
{
    private const double Silent = 0.003; // -50 dBFS
    private static readonly WavFile Voice = WavFile.Read(Stage.OtherVoice);
    private readonly string _folder = Directory.CreateTempSubdirectory("liveavatar-recordings").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task SpokenSession_PlaysWithSoundInStep()
    {
        await using var server = await ServerProcess.StartAsync("--recordings", _folder);
        await using var speaker = await Speaker.CreateAsync(server);
        using var channel = GrpcChannel.ForAddress($"http://localhost:{server.GrpcPort}");
        var recordings = new RecordingService.RecordingServiceClient(channel);
        var secret = new Metadata { { "authorization", $"Bearer {speaker.Secret}" } };
        await recordings.StartAsync(new StartRecordingRequest { Session = speaker.Session }, secret, cancellationToken: TestContext.Current.CancellationToken);
        await Task.Delay(500, TestContext.Current.CancellationToken);
        await speaker.SayAsync(Voice.Take(6), pace: 10, cancellation: TestContext.Current.CancellationToken);
        var stopped = await recordings.StopAsync(new StopRecordingRequest { Session = speaker.Session }, secret, cancellationToken: TestContext.Current.CancellationToken);

        var path = Path.Combine(_folder, stopped.Name);
        var (seconds, video, audio) = await ProbeAsync(path);
        output.WriteLine($"{seconds:F2} s, {video} pictures, {audio} sound packets, {stopped.Bytes / 1024} KiB");
        Assert.InRange(seconds, 6, 8);
        Assert.InRange(video / seconds, 22, 26);
        Assert.InRange(audio / seconds, 49, 51); // one in 20 ms, pauses filled
        Assert.Equal(seconds, stopped.Duration.ToTimeSpan().TotalSeconds, 0.1);

        // Decoded: no error, and as much voice as was spoken.
        var decoded = Path.Combine(_folder, "decoded.wav");
        var errors = await RunAsync("ffmpeg", "-v", "error", "-i", path, "-f", "null", "-", "-ac", "1", "-ar", "16000", decoded);
        Assert.Equal("", errors.Trim());
        Assert.InRange(WavFile.Read(decoded).SecondsAbove(Silent) / Voice.Take(6).SecondsAbove(Silent), 0.95, 1.1);
    }

    [Fact]
    public async Task KilledServer_LeavesAFileThatPlays()
    {
        string file;
        await using (var server = await ServerProcess.StartAsync("--recordings", _folder))
        {
            await using var speaker = await Speaker.CreateAsync(server);
            using var channel = GrpcChannel.ForAddress($"http://localhost:{server.GrpcPort}");
            var secret = new Metadata { { "authorization", $"Bearer {speaker.Secret}" } };
            var started = await new RecordingService.RecordingServiceClient(channel).StartAsync(new StartRecordingRequest { Session = speaker.Session }, secret, cancellationToken: TestContext.Current.CancellationToken);
            file = Path.Combine(_folder, started.Name);
            await Task.Delay(6000, TestContext.Current.CancellationToken);
            server.Kill();
        }

        var (seconds, video, _) = await ProbeAsync(file);
        output.WriteLine($"{seconds:F2} s of 6 s, {video} pictures");
        Assert.InRange(seconds, 4, 6.2); // up to the last two seconds
        Assert.InRange(video, 90, 160);
        Assert.Equal("", (await RunAsync("ffmpeg", "-v", "error", "-i", file, "-f", "null", "-")).Trim());
    }

    [Fact]
    public async Task RecordButton_GivesAFileThatPlays()
    {
        await using var server = await ServerProcess.StartAsync("--recordings", _folder);
        await using var studio = await StudioPage.OpenAsync(stage, server);
        await studio.CallAsync();
        await studio.Page.ClickAsync("#record");
        await studio.Page.WaitForFunctionAsync("() => document.querySelector('#record').textContent === 'Stop 0:03'", null, new() { Timeout = 10_000 });
        var download = await studio.Page.RunAndWaitForDownloadAsync(() => studio.Page.ClickAsync("#record"));
        var path = Path.Combine(_folder, "downloaded.webm");
        await download.SaveAsAsync(path);

        var (seconds, video, audio) = await ProbeAsync(path);
        output.WriteLine($"{download.SuggestedFilename}: {seconds:F2} s, {video} pictures, {audio} sound packets");
        Assert.InRange(seconds, 2.5, 5);
        Assert.InRange(video / seconds, 20, 26);
        Assert.Equal("Record", await studio.Page.InnerTextAsync("#record"));
        Assert.Equal("", await studio.Page.InnerTextAsync("#record-message"));
        Assert.Empty(studio.Errors);
    }

    /// <summary>Reads every packet, as a player does: when the last picture is shown, and how many there are of either kind.</summary>
    private static async Task<(double Seconds, int Video, int Audio)> ProbeAsync(string path)
    {
        var text = await RunAsync("ffprobe", "-v", "error", "-show_entries", "packet=codec_type,pts_time", "-of", "json", path);
        var packets = JsonDocument.Parse(text).RootElement.GetProperty("packets").EnumerateArray()
            .Select(packet => (Kind: packet.GetProperty("codec_type").GetString(), Time: double.Parse(packet.GetProperty("pts_time").GetString()!, CultureInfo.InvariantCulture)))
            .ToList();
        var video = packets.Where(packet => packet.Kind == "video").ToList();
        Assert.InRange(Math.Abs(video[0].Time - packets.First(packet => packet.Kind == "audio").Time), 0, 0.03);
        return (video[^1].Time, video.Count, packets.Count - video.Count);
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return text + await errors;
    }
}
