using System.Diagnostics;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using LiveAvatar.CallKit;

namespace LiveAvatar.EndToEnd.Tests;

/// <summary>A program steers a call over gRPC while it runs, and the picture shows it.</summary>
public sealed class SteeringTests(Stage stage, ITestOutputHelper output)
{
    private const string Python = "/usr/bin/python3"; // Debian's: python3-aiortc and python3-grpcio are not visible to any other
    private const int Commands = 12;

    [Fact]
    public Task Grpcio_ChangesThePictureWithin200Milliseconds() => Repeated.OnceAsync(output, async () =>
    {
        var report = await RunAsync();
        var latencies = Numbers(report, "latenciesMs");
        var answers = Numbers(report, "answersMs");

        Assert.Equal((Commands, "OK"), (latencies.Length, report.GetProperty("status").GetString()));
        Assert.InRange(latencies[Commands / 2], 1, 200);
        Assert.InRange(answers[Commands / 2], 0, 100); // a frame and the way there and back
        Assert.InRange(report.GetProperty("framesPerSecond").GetDouble(), 15, 30); // as a call that nobody steers (AiortcTests)
    });

    private static double[] Numbers(JsonElement report, string name) =>
        [.. report.GetProperty(name).EnumerateArray().Select(number => number.GetDouble()).Order()];

    private async Task<JsonElement> RunAsync()
    {
        var server = await stage.ServerAsync();
        var descriptors = Path.GetTempFileName();
        await File.WriteAllBytesAsync(descriptors, Descriptors().ToByteArray());
        var start = new ProcessStartInfo(Python) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])
            [Checkout.At("tests", "interop", "steering_client.py"), server.Address.ToString(), $"localhost:{server.GrpcPort}", descriptors, "--commands", $"{Commands}"])
        {
            start.ArgumentList.Add(argument);
        }

        using var client = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        var text = client.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = await client.StandardError.ReadToEndAsync(limit.Token);
        await client.WaitForExitAsync(limit.Token);
        File.Delete(descriptors);
        output.WriteLine(await text);
        Assert.True(client.ExitCode == 0, $"steering_client.py ended with {client.ExitCode}: {errors}");
        return JsonDocument.Parse(await text).RootElement;
    }

    /// <summary>The contract for a client without generated code, dependencies first.</summary>
    private static FileDescriptorSet Descriptors() => new()
    {
        File =
        {
            Google.Protobuf.WellKnownTypes.DurationReflection.Descriptor.ToProto(),
            Google.Protobuf.WellKnownTypes.EmptyReflection.Descriptor.ToProto(),
            V1.ControlReflection.Descriptor.ToProto(),
        },
    };
}
