using System.Net;
using System.Text.Json;
using LiveAvatar.Server.Access;

namespace LiveAvatar.Server.Tests.Access;

/// <summary>Every HTTP address with every credential.</summary>
[Trait("Category", "unit")]
public sealed class HttpAccessTests(GuardedServer guarded) : IClassFixture<GuardedServer>
{
    /// <summary>Method and path, the role it needs, and what a request without a body gets that is let through.</summary>
    private static readonly (string Method, string Path, AccessRole Needs, int Through)[] Addresses =
    [
        ("POST", "/whip", AccessRole.Drive, 415),
        ("POST", "/whep/{session}", AccessRole.Watch, 415),
        ("GET", "/api/sessions/{session}/stats", AccessRole.Watch, 200),
        ("GET", "/api/sessions/{session}/frames", AccessRole.Watch, 200),
        ("POST", "/api/sessions/{session}/viewer-token", AccessRole.Control, 200),
        ("GET", "/api/recordings/{session}/{name}", AccessRole.Control, 404),
        ("GET", "/api/sessions", AccessRole.Admin, 200),
        ("GET", "/metrics", AccessRole.Admin, 200),
    ];

    public static TheoryData<string, string> Rows() => [.. Addresses.SelectMany(a => GuardedServer.Credentials.Select(c => (a.Path, c)))];

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Address_TakesTheRightCredentialsOnly(string path, string credential)
    {
        var (method, _, needs, through) = Addresses.Single(a => a.Path == path);
        var (session, secret) = await guarded.CallAsync();
        using var response = await guarded.Server.SendAsync(
            method, path.Replace("{session}", session, StringComparison.Ordinal), bearer: guarded.Bearer(credential, session, secret));
        await guarded.Server.SendAsync("DELETE", $"/whip/{session}/{secret}");

        var expected = GuardedServer.Expected(needs, credential);
        if (expected == 200)
        {
            Assert.Equal(through, (int)response.StatusCode);
            return;
        }

        var detail = await RunningServer.ProblemAsync(response, expected);
        Assert.DoesNotContain(session, detail, StringComparison.Ordinal);
        Assert.Equal(expected is 401 or 403, response.Headers.WwwAuthenticate.Any(challenge => challenge.Scheme == "Bearer"));
        if (credential == "none")
        {
            Assert.Contains("Authorization: Bearer", detail, StringComparison.Ordinal);
            Assert.Contains(needs.ToString().ToLowerInvariant(), detail, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/view/anything")]
    [InlineData("/api/avatars")]
    [InlineData("/api/avatars/ada/portrait")]
    [InlineData("/livez")]
    [InlineData("/readyz")]
    public async Task Open_AsksForNothing(string path)
    {
        using var response = await guarded.Server.SendAsync("GET", path);

        // Pages are 404 where the page was not built.
        Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound, response.ToString());
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("BREW")]
    public async Task NoMethod_GoesAroundIt(string method)
    {
        foreach (var address in Addresses)
        {
            using var response = await guarded.Server.SendAsync(method, address.Path.Replace("{session}", guarded.Other, StringComparison.Ordinal));

            // What WHIP and WHEP take, anybody may ask.
            var open = method == "OPTIONS" && address.Path.StartsWith("/wh", StringComparison.Ordinal);
            Assert.Equal((address.Path, open ? HttpStatusCode.NoContent : HttpStatusCode.Unauthorized), (address.Path, response.StatusCode));
        }
    }

    [Fact]
    public void EveryRoute_IsNamedInTheseTests()
    {
        string[] open =
        [
            "/whip/{session}/{token}", "/whep/{session}/{viewer}", "/api/avatars", "/api/avatars/{name}/portrait", "/livez", "/readyz", "/view/{session}", "{*path}",
        ];
        var routes = guarded.Endpoints.OfType<Microsoft.AspNetCore.Routing.RouteEndpoint>().Select(route => route.RoutePattern.RawText!)
            .Where(route => !route.Contains(".v1", StringComparison.Ordinal) && !route.Contains("grpc", StringComparison.OrdinalIgnoreCase) && !route.Contains("unimplemented", StringComparison.Ordinal));

        Assert.Equal(open.Concat(Addresses.Select(address => address.Path)).Order(), routes.Distinct().Order());
    }

    [Theory]
    [InlineData("Basic a2V5LWZvci10ZXN0cy1Ecml2ZTo=")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("key-for-tests-Drive")]
    public async Task OtherAuthorization_CountsAsNone(string header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/whip");
        request.Headers.TryAddWithoutValidation("Authorization", header);
        using var response = await guarded.Server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        await RunningServer.ProblemAsync(response, 401);
        Assert.Null(response.Headers.WwwAuthenticate.Single().Parameter);
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("drive")]
    [InlineData("secret")]
    [InlineData("token")]
    [InlineData("expired token")]
    public async Task Refusal_DoesNotTellWhetherASessionExists(string credential)
    {
        // All of these belong to a session of their own; asked about are one that runs and one that does not.
        var (session, secret) = await guarded.CallAsync();
        var bearer = guarded.Bearer(credential, session, secret);
        var answers = new List<(HttpStatusCode, string)>();
        foreach (var id in new[] { guarded.Other, new string('0', 32) })
        {
            foreach (var (method, path) in new[] { ("POST", "/whep/{0}"), ("GET", "/api/sessions/{0}/stats"), ("POST", "/api/sessions/{0}/viewer-token") })
            {
                using var response = await guarded.Server.SendAsync(method, string.Format(null, path, id), bearer: bearer);
                Assert.True((int)response.StatusCode is 401 or 403 or 404);
                answers.Add((response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
            }
        }

        await guarded.Server.SendAsync("DELETE", $"/whip/{session}/{secret}");
        Assert.Equal(answers[..3], answers[3..]);
    }

    [Fact]
    public async Task ViewerToken_LetsWatchAndNothingElse()
    {
        var (session, secret) = await guarded.CallAsync();
        using var made = await guarded.Server.SendAsync("POST", $"/api/sessions/{session}/viewer-token?minutes=5", bearer: secret);
        using var reply = JsonDocument.Parse(await made.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var token = reply.RootElement.GetProperty("token").GetString()!;
        Assert.Equal(300, reply.RootElement.GetProperty("expiresInSeconds").GetInt32());
        Assert.True(made.Headers.CacheControl!.NoStore);

        using var watching = await guarded.Server.OfferAsync($"/whep/{session}", "chromium-viewer", token);
        Assert.Equal(HttpStatusCode.Created, watching.StatusCode);
        using var more = await guarded.Server.SendAsync("POST", $"/api/sessions/{session}/viewer-token", bearer: token);
        await RunningServer.ProblemAsync(more, 403);
        using var end = await guarded.Server.SendAsync("DELETE", $"/whip/{session}/{token}");
        await RunningServer.ProblemAsync(end, 404);

        // The viewer's own resource is as unguessable as a token and needs no header.
        using var left = await guarded.Server.SendAsync("DELETE", watching.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.OK, left.StatusCode);
        using var ended = await guarded.Server.SendAsync("DELETE", $"/whip/{session}/{secret}");
        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1441")]
    [InlineData("-5")]
    [InlineData("soon")]
    [InlineData("")]
    public async Task WrongLifetime_IsRefused(string minutes)
    {
        using var response = await guarded.Server.SendAsync(
            "POST", $"/api/sessions/{guarded.Other}/viewer-token?minutes={minutes}", bearer: GuardedServer.Key(AccessRole.Control));

        Assert.Contains("1 to 1440", await RunningServer.ProblemAsync(response, 400), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutKeys_ViewersNeedNoToken()
    {
        await using var server = await RunningServer.StartAsync();
        var session = (await server.CallAsync()).ToString().Split('/')[2];
        using var response = await server.SendAsync("POST", $"/api/sessions/{session}/viewer-token");

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }
}
