using System.Net;

namespace LiveAvatar.Server.Tests.Hosting;

[Trait("Category", "unit")]
public sealed class HealthTests
{
    [Fact]
    public async Task Loading_IsAliveAndNotReady()
    {
        await using var server = await RunningServer.StartAsync(load: false);

        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync("GET", "/livez")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.SendAsync("GET", "/readyz")).StatusCode);
        using var call = await server.OfferAsync("/whip", "chromium-driver");
        Assert.Contains("loaded", await RunningServer.ProblemAsync(call, 503), StringComparison.Ordinal);
        Assert.NotNull(call.Headers.RetryAfter);
        using var avatars = await server.SendAsync("GET", "/api/avatars");
        await RunningServer.ProblemAsync(avatars, 503);

        server.Runtime.Load();
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync("GET", "/readyz")).StatusCode);
    }

    [Fact]
    public async Task Draining_KeepsCallsAndTakesNoNewOnes()
    {
        await using var server = await RunningServer.StartAsync();
        var resource = await server.CallAsync();
        server.Runtime.Drain();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.SendAsync("GET", "/readyz")).StatusCode);
        using var refused = await server.OfferAsync("/whip", "chromium-driver");
        await RunningServer.ProblemAsync(refused, 503);
        using var ended = await server.SendAsync("DELETE", resource.ToString());
        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
    }

    [Fact]
    public async Task Avatars_HavePortraits()
    {
        await using var server = await RunningServer.StartAsync();
        var list = await server.Client.GetStringAsync("/api/avatars", TestContext.Current.CancellationToken);
        Assert.Equal(
            """[{"name":"ada","displayName":"Ada","description":"","autoEmotion":null,"portrait":"/api/avatars/ada/portrait"},"""
            + """{"name":"bob","displayName":"Bob","description":"","autoEmotion":null,"portrait":"/api/avatars/bob/portrait"}]""",
            list);

        using var portrait = await server.SendAsync("GET", "/api/avatars/ada/portrait");
        Assert.Equal("image/png", portrait.Content.Headers.ContentType?.MediaType);
        Assert.Equal(0x89, (await portrait.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken))[0]);
        using var nobody = await server.SendAsync("GET", "/api/avatars/nobody/portrait");
        await RunningServer.ProblemAsync(nobody, 404);
    }

    [Fact]
    public async Task Metrics_CountCallsWithoutTheirSecrets()
    {
        await using var server = await RunningServer.StartAsync();
        var resource = await server.CallAsync();
        using var ended = await server.SendAsync("DELETE", resource.ToString());
        using var response = await server.SendAsync("GET", "/metrics");
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Contains("liveavatar_sessions 0\n", text, StringComparison.Ordinal);
        Assert.Contains("liveavatar_http_responses_total{route=\"/whip/{session}/{token}\",status=\"200\"} 1\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain(resource.ToString().Split('/')[2], text, StringComparison.Ordinal);
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            Assert.Matches("^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\\{([a-z_]+=\"[^\"]*\",?)+\\})? (-?[0-9.]+([eE][-+]?[0-9]+)?|\\+Inf|NaN))$", line);
        }
    }
}
