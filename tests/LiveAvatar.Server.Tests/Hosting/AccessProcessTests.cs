using System.Net;
using System.Text.Json;
using Grpc.Core;
using Grpc.Net.Client;
using LiveAvatar.V1;

namespace LiveAvatar.Server.Tests.Hosting;

/// <summary>Access control of the real program: what it takes to open it, the key command, and what the log keeps to itself.</summary>
[Trait("Category", "e2e")]
public sealed class AccessProcessTests : IDisposable
{
    private static readonly string[] Quick = ["--http-port", "0", "--media-port", "0", "--media-listen", "127.0.0.1", "--pack", Checkout.TinyPack, "--provider", "cpu"];
    private readonly string _folder = Directory.CreateTempSubdirectory("liveavatar-access-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("127.0.0.1,192.0.2.1")]
    public async Task OpenToTheNetworkWithoutKeys_DoesNotStart(string listen)
    {
        var (code, _, error) = await RunAsync(["run", "--listen", listen, .. Quick]);

        Assert.Equal(1, code);
        var line = Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("LiveAvatar cannot start: ", line, StringComparison.Ordinal);
        Assert.Contains("--api-keys", line, StringComparison.Ordinal);
        Assert.Contains("./liveavatar key", line, StringComparison.Ordinal);
        Assert.Contains("--open-access", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAccess_StartsWithAWarning()
    {
        using var server = ServerProcessTests.Start(["run", "--listen", "0.0.0.0", "--open-access", .. Quick]);
        var url = (await server.StandardOutput.ReadLineAsync(ServerProcessTests.Limit()))!.Split(' ')[3];
        using var client = new HttpClient();
        Assert.Equal("[]", await client.GetStringAsync(url + "/api/sessions", Cancellation));
        Assert.Equal(0, ServerProcessTests.Kill(server.Id, ServerProcessTests.Sigterm));

        Assert.Contains("warn: LiveAvatar[4008]", await server.StandardError.ReadToEndAsync(ServerProcessTests.Limit()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAccessWithKeys_IsRefused()
    {
        var file = await KeysAsync();
        var (code, _, error) = await RunAsync(["run", "--open-access", "--api-keys", file, .. Quick]);

        Assert.Equal(2, code);
        Assert.Contains("exclude each other", error, StringComparison.Ordinal);
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Key_IsMadeForTheFile()
    {
        var file = Path.Combine(_folder, "keys.json");
        var (code, first, help) = await RunAsync(["key", "studio", "--roles", "drive, watch", "--file", file]);
        Assert.Equal(0, code);
        Assert.Contains("--api-keys", help, StringComparison.Ordinal);
        var (_, second, _) = await RunAsync(["key", "Zoë", "--roles", "admin", "--file", file]);
        var keys = Server.Access.ApiKeyReader.File(file);

        Assert.Equal(["studio", "Zoë"], keys.Select(key => key.Name));
        Assert.Equal("studio", Server.Access.ApiKey.Find(keys, first.Trim())?.Name);
        Assert.Equal("Zoë", Server.Access.ApiKey.Find(keys, second.Trim())?.Name);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal([file], Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task KeyWithoutFile_IsPrintedAsAList()
    {
        var (code, output, _) = await RunAsync(["key", "studio", "--roles", "drive"]);
        Assert.Equal(0, code);
        using var list = JsonDocument.Parse(output);

        Assert.Equal("studio", Assert.Single(Server.Access.ApiKeyReader.List(list.RootElement)).Name);
    }

    [Theory]
    [InlineData("'fly' is not a role. There are: drive, watch, control, admin", "key", "b", "--roles", "fly")]
    [InlineData("name and key must differ", "key", "studio", "--roles", "drive", "--file", "FILE")]
    public async Task WrongKey_ChangesNothing(string says, params string[] arguments)
    {
        var file = await KeysAsync();
        var before = await File.ReadAllTextAsync(file, Cancellation);
        var (code, output, error) = await RunAsync([.. arguments.Select(argument => argument == "FILE" ? file : argument)]);

        Assert.Equal((2, ""), (code, output));
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(file, Cancellation));
    }

    [Theory]
    [InlineData("trace", "simple")]
    [InlineData("information", "json")]
    public async Task Log_HoldsNoKeySecretOrToken(string level, string format)
    {
        var file = Path.Combine(_folder, "keys.json");
        var key = (await RunAsync(["key", "studio", "--roles", "admin", "--file", file])).Output.Trim();
        using var server = ServerProcessTests.Start(["run", "--api-keys", file, "--log-level", level, "--log-format", format, .. Quick]);
        var log = server.StandardError.ReadToEndAsync(ServerProcessTests.Limit());
        var url = (await server.StandardOutput.ReadLineAsync(ServerProcessTests.Limit()))!.Split(' ')[3];
        var grpc = (await server.StandardOutput.ReadLineAsync(ServerProcessTests.Limit()))!.Split(' ')[1];
        using var client = new HttpClient { BaseAddress = new Uri(url) };

        var made = await SendAsync(client, HttpMethod.Post, "/whip", key, Checkout.Offer("chromium-driver"));
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var resource = made.Headers.Location!.ToString();
        var (session, secret) = (resource.Split('/')[2], resource.Split('/')[3]);
        var answer = await SendAsync(client, HttpMethod.Post, $"/api/sessions/{session}/viewer-token", secret);
        var token = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation)).RootElement.GetProperty("token").GetString()!;
        const string Wrong = "a-key-that-this-server-does-not-know";
        Assert.Equal(HttpStatusCode.Created, (await SendAsync(client, HttpMethod.Post, "/whep/" + session, token, Checkout.Offer("chromium-viewer"))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(client, HttpMethod.Post, "/whep/" + session, Wrong)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(client, HttpMethod.Get, "/metrics", token)).StatusCode);
        using (var channel = GrpcChannel.ForAddress(grpc))
        {
            var sessions = new SessionService.SessionServiceClient(channel);
            foreach (var bearer in new[] { key, secret, token })
            {
                await sessions.GetAsync(new GetSessionRequest { Session = session }, new Metadata { { "authorization", "Bearer " + bearer } }, cancellationToken: Cancellation);
            }
        }

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await SendAsync(client, HttpMethod.Patch, resource, null)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(client, HttpMethod.Delete, resource, null)).StatusCode);
        Assert.Equal(0, ServerProcessTests.Kill(server.Id, ServerProcessTests.Sigterm));
        var lines = await log;

        Assert.Contains("Keys are required. Known are studio: admin", lines, StringComparison.Ordinal);
        Assert.All([key, secret, token, Wrong], text => Assert.DoesNotContain(text, lines, StringComparison.Ordinal));
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string path, string? bearer, string? offer = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (bearer is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + bearer);
        }

        if (offer is not null)
        {
            request.Content = new StringContent(offer, new System.Net.Http.Headers.MediaTypeHeaderValue("application/sdp"));
        }

        return await client.SendAsync(request, Cancellation);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string[] arguments)
    {
        using var process = ServerProcessTests.Start(arguments);
        var error = process.StandardError.ReadToEndAsync(ServerProcessTests.Limit());
        var output = await process.StandardOutput.ReadToEndAsync(ServerProcessTests.Limit());
        await process.WaitForExitAsync(ServerProcessTests.Limit());
        return (process.ExitCode, output, await error);
    }

    private async Task<string> KeysAsync()
    {
        var file = Path.Combine(_folder, "keys.json");
        Assert.Equal(0, (await RunAsync(["key", "studio", "--roles", "drive", "--file", file])).Code);
        return file;
    }
}
