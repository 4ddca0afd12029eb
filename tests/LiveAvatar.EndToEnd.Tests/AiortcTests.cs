using System.Diagnostics;
using System.Text.Json;
using LiveAvatar.CallKit;

namespace LiveAvatar.EndToEnd.Tests;

/// <summary>aiortc, a WebRTC stack that shares no code with browsers, as driver and viewer.</summary>
public sealed class AiortcTests(Stage stage, ITestOutputHelper output)
{
    private const string Python = "/usr/bin/python3"; // Debian's: python3-aiortc is not visible to any other

    [Theory]
    [InlineData("vp8")]
    [InlineData("h264")]
    public Task Aiortc_DecodesPictureAndSound(string codec) => Repeated.OnceAsync(output, async () =>
    {
        var report = await RunAsync(codec);

        foreach (var name in (string[])["driver", "viewer"])
        {
            var seen = report.GetProperty(name);
            Assert.Equal("[512,512]", seen.GetProperty("size").GetRawText().Replace(" ", "", StringComparison.Ordinal));
            Assert.InRange(seen.GetProperty("framesPerSecond").GetDouble(), 15, 30);
            Assert.InRange(seen.GetProperty("contrast").GetDouble(), 20, 128); // a picture, not one colour
            Assert.InRange(seen.GetProperty("movement").GetDouble(), 0.01, 20); // alive, and no noise
        }

        Assert.InRange(report.GetProperty("viewer").GetProperty("soundFrames").GetInt32(), 150, 400);
        Assert.InRange(report.GetProperty("viewer").GetProperty("loudest").GetDouble(), 0.05, 1);
    });

    private async Task<JsonElement> RunAsync(string codec)
    {
        var server = await stage.ServerAsync();
        var start = new ProcessStartInfo(Python) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[Checkout.At("tests", "interop", "whip_client.py"), server.Address.ToString(), stage.Microphone, "--codec", codec])
        {
            start.ArgumentList.Add(argument);
        }

        using var client = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var text = client.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = await client.StandardError.ReadToEndAsync(limit.Token);
        await client.WaitForExitAsync(limit.Token);
        output.WriteLine(await text);
        Assert.True(client.ExitCode == 0, $"whip_client.py ended with {client.ExitCode}: {errors}");
        return JsonDocument.Parse(await text).RootElement;
    }
}
