using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace LiveAvatar.Server.Tests.Hosting;

/// <summary>The real program: its words, exit codes and signals.</summary>
[Trait("Category", "e2e")]
public sealed partial class ServerProcessTests
{
    internal const int Sigterm = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Run_SaysReadyThenStopsOnSigterm()
    {
        using var server = Start("run", "--http-port", "0", "--media-port", "0", "--media-listen", "127.0.0.1", "--pack", Checkout.TinyPack, "--provider", "cpu");
        var line = await server.StandardOutput.ReadLineAsync(Limit());
        Assert.Matches(@"^LiveAvatar is ready: http://localhost:\d+ \(CPU, fp32: the pack has no int8 graphs; models tiny 1\)$", line);

        var url = line!.Split(' ')[3];
        using var client = new HttpClient();
        Assert.Equal("ready\n", await client.GetStringAsync(url + "/readyz", TestContext.Current.CancellationToken));
        Assert.Matches(@"^gRPC: http://localhost:\d+$", await server.StandardOutput.ReadLineAsync(Limit()));

        Assert.Equal(0, Kill(server.Id, Sigterm));
        await server.WaitForExitAsync(Limit());
        Assert.Equal(0, server.ExitCode);
    }

    [Fact]
    public async Task SecondSignal_EndsAtOnce()
    {
        using var server = Start("--http-port", "0", "--media-port", "0", "--media-listen", "127.0.0.1", "--pack", Checkout.TinyPack, "--provider", "cpu", "--drain-time", "600");
        var url = (await server.StandardOutput.ReadLineAsync(Limit()))!.Split(' ')[3];
        using var client = new HttpClient();
        using var offer = new StringContent(Checkout.Offer("chromium-driver"));
        offer.Headers.ContentType = new("application/sdp");
        using var call = await client.PostAsync(url + "/whip", offer, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, call.StatusCode);

        // The call holds the draining server; readyz says when the first signal has been taken.
        Assert.Equal(0, Kill(server.Id, Sigterm));
        while ((await client.GetAsync(url + "/readyz", Limit())).IsSuccessStatusCode)
        {
            await Task.Yield();
        }

        Assert.False(server.HasExited);
        Assert.Equal(0, Kill(server.Id, Sigterm));
        await server.WaitForExitAsync(Limit());
        Assert.Equal(143, server.ExitCode);
    }

    [Theory]
    [InlineData(2, "--http-port: 'eighty' is not a whole number from 0 to 65535.", "--http-port", "eighty")]
    [InlineData(1, "there is no avatar 'nobody'", "--avatar", "nobody", "--http-port", "0", "--media-port", "0")]
    public async Task BadOption_IsNamed(int code, string says, params string[] options)
    {
        using var server = Start([.. options, "--pack", Checkout.TinyPack, "--provider", "cpu"]);
        var error = await server.StandardError.ReadToEndAsync(Limit());
        await server.WaitForExitAsync(Limit());

        Assert.Equal(code, server.ExitCode);
        Assert.Contains(says, error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task TakenPort_IsNamed()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        using var server = Start("--http-port", $"{port}", "--media-port", "0", "--pack", Checkout.TinyPack, "--provider", "cpu");
        var error = await server.StandardError.ReadToEndAsync(Limit());
        await server.WaitForExitAsync(Limit());

        Assert.Equal(1, server.ExitCode);
        Assert.Contains($"TCP port {port} cannot be used", error, StringComparison.Ordinal);
        Assert.Contains("--http-port", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TakenGrpcPort_IsNamed()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        using var server = Start("--http-port", "0", "--grpc-port", $"{port}", "--media-port", "0", "--pack", Checkout.TinyPack, "--provider", "cpu");
        var error = await server.StandardError.ReadToEndAsync(Limit());
        await server.WaitForExitAsync(Limit());

        Assert.Equal(1, server.ExitCode);
        Assert.Contains($"TCP port {port} cannot be used", error, StringComparison.Ordinal);
        Assert.Contains("Choose another with --grpc-port", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ContactSheet_DrawsEachPresenter()
    {
        var folder = Directory.CreateTempSubdirectory("liveavatar-sheet-").FullName;
        using var sheet = Start("contact-sheet", "-o", folder, "--tile", "16", "--pack", Checkout.TinyPack, "--provider", "cpu", "--precision", "fp32");
        var output = await sheet.StandardOutput.ReadToEndAsync(Limit());
        await sheet.WaitForExitAsync(Limit());

        Assert.Equal(0, sheet.ExitCode);
        Assert.Contains("Rows: neutral, angry,", output, StringComparison.Ordinal);
        Assert.Equal(["ada.png", "bob.png"], Directory.GetFiles(folder).Select(Path.GetFileName).Order());
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Render_TakesEmotionsAndPrecision()
    {
        var output = Path.GetTempFileName();
        using var render = Start(
            "render", Checkout.PathOf("tests", "vectors", "voices", "human.wav"), "-o", output, "--emotion", "happy=0.6,sad=0.1", "--auto-emotion", "0.4",
            "--seed", "3", "--avatar", "bob", "--pack", Checkout.TinyPack, "--provider", "cpu", "--precision", "int8");
        Assert.Contains("frames", await render.StandardOutput.ReadToEndAsync(Limit()), StringComparison.Ordinal);
        await render.WaitForExitAsync(Limit());
        Assert.Equal(0, render.ExitCode);
        File.Delete(output);
    }

    [Theory]
    [InlineData(2, "--emotion: 'happy' is not a name and a number such as happy=0.6.", "--emotion", "happy")]
    [InlineData(2, "--emotion: '2' is not a number from 0 to 1.", "--emotion", "happy=2")]
    [InlineData(2, "--auto-emotion: 'much' is not a number from 0 to 1.", "--auto-emotion", "much")]
    [InlineData(1, "The pack has no emotion 'joy'. It has: angry,", "--emotion", "joy=1")]
    [InlineData(1, "There is no avatar 'eve'. This server has: ada, bob.", "--avatar", "eve")]
    public async Task BadRenderOption_IsNamed(int code, string says, params string[] options)
    {
        using var render = Start(["render", Checkout.PathOf("tests", "vectors", "voices", "human.wav"), "-o", "/nowhere/out.webm", .. options, "--pack", Checkout.TinyPack, "--provider", "cpu"]);
        var error = await render.StandardError.ReadToEndAsync(Limit());
        await render.WaitForExitAsync(Limit());

        Assert.Equal(code, render.ExitCode);
        Assert.Contains(says, error, StringComparison.Ordinal);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    internal static partial int Kill(int process, int signal);

    internal static CancellationToken Limit()
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        source.CancelAfter(Patience);
        return source.Token;
    }

    internal static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.ArgumentList.Add(typeof(Server.Configuration.ServerOptions).Assembly.Location);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
