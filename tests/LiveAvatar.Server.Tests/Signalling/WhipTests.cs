using System.Net;
using LiveAvatar.Rtc.Sdp;

namespace LiveAvatar.Server.Tests.Signalling;

[Trait("Category", "unit")]
public sealed class WhipTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Offer_IsAnsweredWithAResource()
    {
        using var response = await _server.OfferAsync("/whip?avatar=bob&autoEmotion=0.25&codec=h264&seed=7", "chromium-driver");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("application/sdp", response.Content.Headers.ContentType?.MediaType);
        Assert.Matches("^/whip/[0-9a-f]{32}/[0-9a-f]{32}$", response.Headers.Location!.ToString());
        Assert.NotNull(response.Headers.ETag);
        var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("a=rtpmap:108 H264/90000\r\n", answer, StringComparison.Ordinal);
        Assert.Contains(" 127.0.0.1 ", answer, StringComparison.Ordinal);
        Assert.Equal("bob", _server.Runtime.Host!.Sessions.Single().Avatar);
    }

    [Theory]
    [InlineData("text/plain", null, 415, "application/sdp")]
    [InlineData(null, null, 415, "application/sdp")]
    [InlineData("application/sdp", "text/html", 406, "application/sdp")]
    [InlineData("application/sdp", "text/html, application/sdp;q=0", 406, "application/sdp")]
    public async Task WrongMediaType_IsRefused(string? contentType, string? accept, int status, string says)
    {
        using var response = await _server.SendAsync("POST", "/whip", Checkout.Offer("chromium-driver"), contentType, accept: accept);

        Assert.Contains(says, await RunningServer.ProblemAsync(response, status), StringComparison.Ordinal);
        Assert.Equal(status == 415, response.Headers.Contains("Accept-Post"));
        Assert.Empty(_server.Runtime.Host!.Sessions);
    }

    [Theory]
    [InlineData("application/*")]
    [InlineData("text/html, */*;q=0.1")]
    public async Task AcceptThatAllowsSdp_IsTaken(string accept)
    {
        using var response = await _server.SendAsync("POST", "/whip", Checkout.Offer("chromium-driver"), "application/sdp; charset=utf-8", accept: accept);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [Theory]
    [InlineData("", 400, "empty")]
    [InlineData("{\"type\":\"offer\"}", 400, "not JSON")]
    [InlineData("v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\na=recvonly\r\n", 422, "microphone")]
    public async Task UnusableOffer_IsRefused(string body, int status, string says)
    {
        using var response = await _server.SendAsync("POST", "/whip", body, "application/sdp");

        Assert.Contains(says, await RunningServer.ProblemAsync(response, status), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LongBody_IsRefused()
    {
        using var response = await _server.SendAsync("POST", "/whip", new string('x', SessionOffer.MaxLength + 1), "application/sdp");

        await RunningServer.ProblemAsync(response, 413);
    }

    [Fact]
    public async Task LongBodyOfUnknownLength_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/whip") { Content = new StringContent(new string('x', SessionOffer.MaxLength + 1)) };
        request.Content.Headers.ContentType = new("application/sdp");
        request.Headers.TransferEncodingChunked = true;
        using var response = await _server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        await RunningServer.ProblemAsync(response, 413);
    }

    [Theory]
    [InlineData("avatar=nobody", "ada")]
    [InlineData("codec=av1", "vp8 or h264")]
    [InlineData("seed=-1", "whole number")]
    [InlineData("autoEmotion=1.1", "a number from 0 to 1")]
    [InlineData("autoEmotion=-Infinity", "a number from 0 to 1")]
    [InlineData("autoEmotion=NaN", "a number from 0 to 1")]
    [InlineData("autoEmotion=", "a number from 0 to 1")]
    [InlineData("colour=red", "avatar, autoEmotion, codec and seed")]
    public async Task UnknownParameter_IsRefused(string query, string says)
    {
        using var response = await _server.OfferAsync("/whip?" + query, "chromium-driver");

        Assert.Contains(says, await RunningServer.ProblemAsync(response, 400), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FullServer_SaysWhenToComeBack()
    {
        await _server.CallAsync();
        var second = await _server.CallAsync();
        using (var response = await _server.OfferAsync("/whip", "chromium-driver"))
        {
            await RunningServer.ProblemAsync(response, 503);
            Assert.True(response.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        }

        using var ended = await _server.SendAsync("DELETE", second.ToString());
        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        await _server.CallAsync();
    }

    [Theory]
    [InlineData("GET", "/whip", "POST, OPTIONS")]
    [InlineData("PUT", "/whep/x", "POST, OPTIONS")]
    [InlineData("GET", "/whip/x/y", "PATCH, DELETE")]
    [InlineData("POST", "/whep/x/y", "PATCH, DELETE")]
    [InlineData("POST", "/api/avatars", "GET")]
    public async Task OtherMethod_IsToldWhatIsAllowed(string method, string path, string allowed)
    {
        using var response = await _server.SendAsync(method, path);

        await RunningServer.ProblemAsync(response, 405);
        Assert.Equal(allowed, string.Join(", ", response.Content.Headers.Allow));
    }

    [Fact]
    public async Task Options_SaysWhatPostTakes()
    {
        using var response = await _server.SendAsync("OPTIONS", "/whip");

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("application/sdp", response.Headers.GetValues("Accept-Post").Single());
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Delete_NeedsTheSecret()
    {
        var resource = (await _server.CallAsync()).ToString();
        var session = resource.Split('/')[2];
        using var wrong = await _server.SendAsync("DELETE", $"/whip/{session}/{new string('0', 32)}");
        await RunningServer.ProblemAsync(wrong, 404);
        Assert.Single(_server.Runtime.Host!.Sessions);

        using var right = await _server.SendAsync("DELETE", resource);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        Assert.Empty(_server.Runtime.Host!.Sessions);

        using var again = await _server.SendAsync("DELETE", resource);
        await RunningServer.ProblemAsync(again, 404);
    }

    [Fact]
    public async Task UnknownPath_IsAProblem()
    {
        using var response = await _server.SendAsync("GET", "/nothing/here");

        await RunningServer.ProblemAsync(response, 404);
    }
}
