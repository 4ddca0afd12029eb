using System.Diagnostics;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using LiveAvatar.Server.Rpc;
using LiveAvatar.Server.Tests.Conformance;

namespace LiveAvatar.Server.Tests.Rpc;

/// <summary>Official clients of other languages run one table of calls against the host (tests/interop); this names its rows.</summary>
[Trait("Category", "interop")]
public sealed class ConformanceTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>What grpcio and grpc-js must both have found right.</summary>
    private static readonly string[] Table =
    [
        "unary", "client stream", "server stream", "bidi", "bidi ping-pong", "empty messages",
        "metadata", "binary metadata", "trailers", "trailers with an error",
        "error code", "error message in any script", "error details", "error after messages", "crash tells nothing",
        "deadline passes", "deadline is told", "cancel", "cancel reaches the server",
        "large message", "message over the limit", "after a refusal",
        "gzip request", "gzip answer", "gzip stream",
        "unknown method", "unknown service",
        "100 streams at once", "health", "health watch", "reflection v1", "reflection v1alpha",
    ];

    /// <summary>What only bytes of our own can show: frames that no client library would send.</summary>
    private static readonly string[] HostileTable =
    [
        "bad protobuf", "unknown compression", "compressed without naming it", "broken gzip", "length beyond the message", "length over the limit",
        "no frame at all", "half a header", "two messages for one", "bad timeout", "wrong content type", "GET", "HTTP/1.1", "reset by the client", "gzip on the wire", "others go on",
    ];

    /// <summary>What gRPC-Web by fetch must have found right, in binary and in text.</summary>
    private static readonly string[] WebTable =
    [
        "unary", "server stream", "metadata", "trailers", "error code", "error details", "large message", "message over the limit",
        "gzip request", "deadline passes", "cancel reaches the server", "unknown method", "bad protobuf", "health",
    ];

    private static readonly string[] CorsTable = ["preflight allowed", "preflight refused", "answer readable", "answer not readable"];

    [Fact]
    public async Task Grpcio_FindsEverythingRight() => await AssertRowsAsync(Table, "/usr/bin/python3", "grpc_table.py");

    [Fact]
    public async Task GrpcJs_FindsEverythingRight() => await AssertRowsAsync(Table, "node", "grpc_table.js");

    [Fact]
    public async Task HostileBytes_GetTheRightStatusAndDisturbNobody() => await AssertRowsAsync(HostileTable, "node", "grpc_hostile.js");

    [Theory]
    [InlineData("binary")]
    [InlineData("text")]
    public async Task GrpcWebByFetch_FindsEverythingRight(string form) => await AssertRowsAsync(WebTable, "node", "grpc_web.js", form);

    [Fact]
    public async Task OtherOrigins_AreLetInByConfiguration() => await AssertRowsAsync(CorsTable, "node", "grpc_cors.js");

    private async Task AssertRowsAsync(string[] table, string program, string script, params string[] arguments)
    {
        await using var server = await RunningServer.StartAsync(
            options => options with { AllowOrigins = ["https://allowed.example"] }, more: application => RpcHosting.Map<ConformanceService>(application));
        var descriptors = Path.GetTempFileName();
        await File.WriteAllBytesAsync(descriptors, Descriptors().ToByteArray(), TestContext.Current.CancellationToken);
        try
        {
            var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
            string[] all = [Checkout.PathOf("tests", "interop", script), server.Web.GrpcUrl, server.Web.Url, descriptors, .. arguments];
            foreach (var argument in all)
            {
                start.ArgumentList.Add(argument);
            }

            using var client = Process.Start(start)!;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(Patience);
            var errors = client.StandardError.ReadToEndAsync(limit.Token);
            var lines = await client.StandardOutput.ReadToEndAsync(limit.Token);
            await client.WaitForExitAsync(limit.Token);
            output.WriteLine(lines);
            output.WriteLine(await errors);

            // One JSON object a line: {"row": "unary", "ok": true} or {"row": …, "ok": false, "why": …}.
            var rows = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
            Assert.All(rows, row => Assert.True(row.GetProperty("ok").GetBoolean(), row.GetRawText()));
            Assert.Equal(table.Order(), rows.Select(row => row.GetProperty("row").GetString()!).Order());
            Assert.Equal(0, client.ExitCode);
        }
        finally
        {
            File.Delete(descriptors);
        }
    }

    /// <summary>The contract for clients without generated code, dependencies first.</summary>
    private static FileDescriptorSet Descriptors()
    {
        var set = new FileDescriptorSet();
        var seen = new HashSet<string>();
        Add(ConformanceReflection.Descriptor);
        Add(Google.Rpc.StatusReflection.Descriptor);
        Add(Google.Rpc.ErrorDetailsReflection.Descriptor);
        Add(Grpc.Health.V1.HealthReflection.Descriptor);
        Add(Grpc.Reflection.V1Alpha.ReflectionReflection.Descriptor);
        Add(V1.SessionReflection.Descriptor);
        Add(V1.ControlReflection.Descriptor);
        Add(V1.AudioReflection.Descriptor);
        Add(V1.MotionReflection.Descriptor);
        Add(V1.RecordingReflection.Descriptor);
        Add(V1.AvatarReflection.Descriptor);
        return set;

        void Add(FileDescriptor file)
        {
            if (seen.Add(file.Name))
            {
                foreach (var dependency in file.Dependencies)
                {
                    Add(dependency);
                }

                set.File.Add(file.ToProto());
            }
        }
    }
}
