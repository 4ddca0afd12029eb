using System.Net;

namespace LiveAvatar.Server.Tests.Access;

/// <summary>What a browser asks and reads when a page of another site calls.</summary>
[Trait("Category", "unit")]
public sealed class CrossOriginTests(GuardedServer guarded) : IClassFixture<GuardedServer>
{
    private const string Allowed = "https://allowed.example";

    [Theory]
    [InlineData("/whip", "POST", "authorization,content-type")]
    [InlineData("/whip/session/secret", "PATCH", "content-type,if-match")]
    [InlineData("/whip/session/secret", "DELETE", "")]
    [InlineData("/whep/session", "POST", "authorization,content-type")]
    [InlineData("/whep/session/viewer", "DELETE", "")]
    [InlineData("/api/sessions/session/viewer-token", "POST", "authorization")]
    public async Task Preflight_LetsTheAllowedOriginIn(string path, string method, string headers)
    {
        using var allowed = await PreflightAsync(guarded.Server, Allowed, path, method, headers);
        Assert.Equal(HttpStatusCode.NoContent, allowed.StatusCode);
        Assert.Equal(Allowed, Header(allowed, "Access-Control-Allow-Origin"));
        Assert.Contains(method, Header(allowed, "Access-Control-Allow-Methods"), StringComparison.Ordinal);
        var may = Header(allowed, "Access-Control-Allow-Headers").Split(',');
        Assert.All(headers.Split(',', StringSplitOptions.RemoveEmptyEntries), header => Assert.Contains(header, may, StringComparer.OrdinalIgnoreCase));

        using var other = await PreflightAsync(guarded.Server, "https://other.example", path, method, headers);
        Assert.False(other.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/readyz")]
    [InlineData("/view/session")]
    public async Task Preflight_IsNotAnsweredElsewhere(string path)
    {
        using var response = await PreflightAsync(guarded.Server, Allowed, path, "GET", "authorization");

        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Refusal_CanBeReadByThePage()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/whip");
        request.Headers.Add("Origin", Allowed);
        using var response = await guarded.Server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(Allowed, Header(response, "Access-Control-Allow-Origin"));
        Assert.Equal(["Location", "ETag", "Link", "Retry-After", "WWW-Authenticate"], Header(response, "Access-Control-Expose-Headers").Split(','));
    }

    [Fact]
    public async Task Unconfigured_NoOtherOriginIsLetIn()
    {
        await using var server = await RunningServer.StartAsync(load: false);
        using var response = await PreflightAsync(server, Allowed, "/whip", "POST", "content-type");

        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    private static string Header(HttpResponseMessage response, string name) => string.Join(',', response.Headers.GetValues(name));

    private static async Task<HttpResponseMessage> PreflightAsync(RunningServer server, string origin, string path, string method, string headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, path);
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", method);
        if (headers.Length > 0)
        {
            request.Headers.Add("Access-Control-Request-Headers", headers);
        }

        return await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
