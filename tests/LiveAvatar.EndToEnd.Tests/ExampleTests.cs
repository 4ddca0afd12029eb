using System.Diagnostics;
using LiveAvatar.CallKit;

namespace LiveAvatar.EndToEnd.Tests;

/// <summary>The programs in examples/ do what their pages say.</summary>
public sealed class ExampleTests(Stage stage, ITestOutputHelper output)
{
    private const string Python = "/usr/bin/python3"; // Debian's: python3-grpcio is not visible to any other

    [Fact]
    public async Task EmotionRamp_SteersARunningSession()
    {
        var server = await stage.ServerAsync();
        await using var speaker = await Speaker.CreateAsync(server);
        var folder = Directory.CreateTempSubdirectory("liveavatar-example").FullName;
        string[] protos = [.. Directory.GetFiles(Checkout.At("proto", "liveavatar", "v1"))];
        var made = await RunAsync(Python, folder, "", ["-m", "grpc_tools.protoc", "-I" + Checkout.At("proto"), $"--python_out={folder}", $"--grpc_python_out={folder}", .. protos]);
        Assert.True(made.Code == 0, made.Text);

        string[] call = [Checkout.At("examples", "emotion_ramp.py"), speaker.Session];
        string[] address = ["--server", $"localhost:{server.GrpcPort}", "--hold", "0.2"];
        var ramp = await RunAsync(Python, folder, "", [.. call, speaker.Secret, "happy=0.9", "sad=0.7", .. address]);
        var wrong = await RunAsync(Python, folder, "", [.. call, speaker.Secret, "joyful=1", .. address]);
        var foreign = await RunAsync(Python, folder, "", [.. call, "0123456789abcdef", .. address]);
        Directory.Delete(folder, recursive: true);

        Assert.True(ramp.Code == 0, ramp.Text);
        Assert.Equal(["happy", "sad", "neutral"], ramp.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]));
        Assert.Equal(1, wrong.Code);
        Assert.Contains("It has: angry", wrong.Text, StringComparison.Ordinal);
        Assert.Contains("NOT_FOUND", foreign.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Speak_SaysAFileToItsEnd()
    {
        var server = await stage.ServerAsync();
        var folder = Directory.CreateTempSubdirectory("liveavatar-example").FullName;
        var voice = Path.Combine(folder, "voice.wav");
        WavFile.Read(Stage.OtherVoice).Take(2).Write(voice);
        var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        var program = Checkout.At("examples", "speak", "bin", configuration, "net10.0", "Speak");
        var said = await RunAsync(program, folder, "\n", [voice, "kenji", $"http://localhost:{server.GrpcPort}"]);
        var unknown = await RunAsync(program, folder, "\n", [voice, "nobody", $"http://localhost:{server.GrpcPort}"]);
        var noSound = await RunAsync(program, folder, "\n", [Checkout.At("README.md")]);
        Directory.Delete(folder, recursive: true);

        Assert.True(said.Code == 0, said.Text);
        Assert.Contains("Ended        00:02.0 played", said.Text, StringComparison.Ordinal);
        Assert.Equal(1, unknown.Code);
        Assert.Contains("avatar: there is no avatar 'nobody'", unknown.Text, StringComparison.Ordinal);
        Assert.Contains("no 16-bit PCM WAV file", noSound.Text, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Text)> RunAsync(string program, string folder, string input, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["PYTHONPATH"] = folder;
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var text = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = await process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        var all = await text + errors;
        output.WriteLine(all);
        return (process.ExitCode, all);
    }
}
