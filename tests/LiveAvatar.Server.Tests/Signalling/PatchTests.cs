using System.Net;

namespace LiveAvatar.Server.Tests.Signalling;

/// <summary>Trickle ICE and ICE restart by PATCH (RFC 9725 section 4.3).</summary>
[Trait("Category", "unit")]
public sealed class PatchTests : IAsyncLifetime
{
    private const string MediaType = "application/trickle-ice-sdpfrag";
    private const string OldUfrag = "65p/"; // of chromium-driver.sdp
    private const string OldPwd = "rE67zhzTQ/TznoruhnwrdZgH";
    private RunningServer _server = null!;
    private string _resource = "";
    private string _etag = "";

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        using var response = await _server.OfferAsync("/whip", "chromium-driver");
        _resource = response.Headers.Location!.ToString();
        _etag = response.Headers.ETag!.ToString();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Candidates_AreTaken()
    {
        using var response = await PatchAsync(Fragment(OldUfrag, OldPwd), _etag);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    [Theory]
    [InlineData(null, 428)]
    [InlineData("\"other\"", 412)]
    public async Task CandidatesForAnotherSession_AreRefused(string? ifMatch, int status)
    {
        using var response = await PatchAsync(Fragment(OldUfrag, OldPwd), ifMatch);

        await RunningServer.ProblemAsync(response, status);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("\"*\"")]
    public async Task NewCredentials_RestartIce(string ifMatch)
    {
        using var response = await PatchAsync(Fragment("newU", "newpasswordnewpassword12"), ifMatch);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(MediaType, response.Content.Headers.ContentType?.MediaType);
        Assert.NotEqual(_etag, response.Headers.ETag!.ToString());
        var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Matches("a=ice-ufrag:.{4,}\r\na=ice-pwd:.{22,}\r\na=candidate:", answer);

        using var late = await PatchAsync(Fragment("newU", "newpasswordnewpassword12"), _etag);
        await RunningServer.ProblemAsync(late, 412);
        using var fresh = await PatchAsync(Fragment("newU", "newpasswordnewpassword12"), response.Headers.ETag.ToString());
        Assert.Equal(HttpStatusCode.NoContent, fresh.StatusCode);
    }

    [Fact]
    public async Task NewCredentialsWithoutStar_AreRefused()
    {
        using var response = await PatchAsync(Fragment("newU", "newpasswordnewpassword12"), _etag);

        Assert.Contains("\"*\"", await RunningServer.ProblemAsync(response, 412), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OtherMediaType_IsRefused()
    {
        using var response = await _server.SendAsync("PATCH", _resource, Fragment(OldUfrag, OldPwd), "application/sdp", _etag);

        await RunningServer.ProblemAsync(response, 415);
        Assert.Equal(MediaType, response.Headers.GetValues("Accept-Patch").Single());
    }

    [Fact]
    public async Task FragmentWithoutCredentials_IsRefused()
    {
        using var response = await PatchAsync("a=end-of-candidates\r\n", _etag);

        Assert.Contains("a=ice-ufrag", await RunningServer.ProblemAsync(response, 400), StringComparison.Ordinal);
    }

    private static string Fragment(string ufrag, string pwd) =>
        $"a=ice-ufrag:{ufrag}\r\na=ice-pwd:{pwd}\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:1 1 udp 1 192.0.2.3 9 typ host\r\n";

    private Task<HttpResponseMessage> PatchAsync(string body, string? ifMatch) => _server.SendAsync("PATCH", _resource, body, MediaType, ifMatch);
}
