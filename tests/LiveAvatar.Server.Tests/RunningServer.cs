using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using LiveAvatar.Server.Configuration;
using LiveAvatar.Server.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveAvatar.Server.Tests;

/// <summary>The whole server in this process: Kestrel and media on free loopback ports, the tiny model pack.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private RunningServer(AvatarRuntime runtime, WebServer web)
    {
        (Runtime, Web) = (runtime, web);
        Client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => Accept?.Invoke(certificate!.GetCertHashString()) ?? false },
        })
        {
            BaseAddress = new Uri(web.Url),
        };
    }

    public AvatarRuntime Runtime { get; }

    public WebServer Web { get; }

    public HttpClient Client { get; }

    public Func<string, bool>? Accept { get; set; }

    public static async Task<RunningServer> StartAsync(
        Func<ServerOptions, ServerOptions>? change = null, bool load = true, Action<Microsoft.AspNetCore.Builder.WebApplication>? more = null)
    {
        var options = new ServerOptions
        {
            HttpPort = 0,
            MediaPort = 0,
            MediaListen = [IPAddress.Loopback],
            Pack = Checkout.TinyPack,
            Provider = Inference.ProviderPreference.Cpu,
            MaxSessions = 2,
            Workers = 1,
        };
        options = change?.Invoke(options) ?? options;
        var runtime = new AvatarRuntime(options, TimeProvider.System, NullLoggerFactory.Instance);
        if (load)
        {
            runtime.Load();
        }

        return new RunningServer(runtime, await WebServer.StartAsync(options, runtime, TimeProvider.System, NullLoggerFactory.Instance, more));
    }

    public Task<HttpResponseMessage> SendAsync(
        string method, string path, string? body = null, string? contentType = null, string? ifMatch = null, string? accept = null, string? bearer = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body);
            request.Content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        }

        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        if (bearer is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + bearer);
        }

        return Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public Task<HttpResponseMessage> OfferAsync(string path, string name, string? bearer = null) =>
        SendAsync("POST", path, Checkout.Offer(name), "application/sdp", bearer: bearer);

    /// <summary>Makes a call and gives its resource, relative.</summary>
    public async Task<Uri> CallAsync(string offer = "chromium-driver", string? bearer = null)
    {
        using var response = await OfferAsync("/whip", offer, bearer);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return response.Headers.Location!;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Web.DisposeAsync();
        await Runtime.DisposeAsync();
    }

    /// <summary>Checks that a response is a whole problem document, and gives its detail.</summary>
    public static async Task<string> ProblemAsync(HttpResponseMessage response, int status)
    {
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var root = problem.RootElement;
        Assert.Equal(status, root.GetProperty("status").GetInt32());
        Assert.StartsWith("urn:liveavatar:problem:", root.GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(root.GetProperty("title").GetString()!);
        return root.GetProperty("detail").GetString()!;
    }
}
