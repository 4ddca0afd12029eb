using System.Net;

namespace LiveAvatar.Server.Tests.Hosting;

/// <summary>The built page as the server gives it out; './liveavatar test' builds it before the tests.</summary>
[Trait("Category", "unit")]
public sealed class PageFilesTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.True(
            File.Exists(Path.Combine(AppContext.BaseDirectory, "wwwroot", "index.html")),
            "The page is not built: run 'npm ci && npm run build' in src/web, then build the tests again.");
        _server = await RunningServer.StartAsync(load: false);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("/", "text/html", "LiveAvatar studio")]
    [InlineData("/view/0123456789abcdef", "text/html", "LiveAvatar viewer")]
    [InlineData("/assets/index.js", "text/javascript", "whip")]
    [InlineData("/voices/english.opus", "audio/ogg", "OpusHead")]
    [InlineData("/icon.svg", "image/svg+xml", "<svg")]
    public async Task File_IsServedUnderATightPolicy(string path, string mediaType, string contains)
    {
        using var response = await _server.SendAsync("GET", path);
        var text = System.Text.Encoding.Latin1.GetString(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(mediaType, response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(contains, text, StringComparison.Ordinal);
        Assert.Contains("default-src 'self'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task UnchangedFile_IsNotSentAgain()
    {
        using var first = await _server.SendAsync("GET", "/assets/index.js");
        var request = new HttpRequestMessage(HttpMethod.Get, "/assets/index.js");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await _server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Theory]
    [InlineData("/assets/../../appsettings.json")]
    [InlineData("/%2e%2e/appsettings.json")]
    [InlineData("/..%2fappsettings.json")]
    public async Task PathOutsideThePage_IsNotFound(string path)
    {
        using var response = await _server.SendAsync("GET", path);

        await RunningServer.ProblemAsync(response, 404);
    }
}
