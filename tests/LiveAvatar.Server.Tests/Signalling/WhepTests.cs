using System.Net;
using System.Text.Json;

namespace LiveAvatar.Server.Tests.Signalling;

[Trait("Category", "unit")]
public sealed class WhepTests : IAsyncLifetime
{
    private RunningServer _server = null!;
    private string _session = "";

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync(options => options with { MaxViewers = 1 });
        _session = (await _server.CallAsync()).ToString().Split('/')[2];
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Viewer_WatchesUntilItLeaves()
    {
        using var response = await _server.OfferAsync("/whep/" + _session, "chromium-viewer");
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var resource = response.Headers.Location!.ToString();
        Assert.StartsWith($"/whep/{_session}/", resource, StringComparison.Ordinal);
        Assert.Single(_server.Runtime.Host!.FindSession(_session)!.Viewers);

        using var full = await _server.OfferAsync("/whep/" + _session, "chromium-viewer");
        await RunningServer.ProblemAsync(full, 503);

        using var left = await _server.SendAsync("DELETE", resource);
        Assert.Equal(HttpStatusCode.OK, left.StatusCode);
        Assert.Empty(_server.Runtime.Host!.FindSession(_session)!.Viewers);
    }

    [Fact]
    public async Task UnknownCall_IsNotFound()
    {
        using var response = await _server.OfferAsync("/whep/" + new string('0', 32), "chromium-viewer");

        await RunningServer.ProblemAsync(response, 404);
    }

    [Fact]
    public async Task OfferThatTakesNothing_IsRefused()
    {
        using var response = await _server.OfferAsync("/whep/" + _session, "obs-whip");

        await RunningServer.ProblemAsync(response, 422);
    }

    [Fact]
    public async Task Stats_TellStagesOnlyToHoldersOfTheId()
    {
        using var stats = JsonDocument.Parse(await _server.Client.GetStringAsync($"/api/sessions/{_session}/stats", TestContext.Current.CancellationToken));
        Assert.Equal("ada", stats.RootElement.GetProperty("avatar").GetString());
        Assert.Equal(40, stats.RootElement.GetProperty("frameMs").GetDouble());
        Assert.Contains(stats.RootElement.GetProperty("stages").EnumerateArray(), s => s.GetProperty("stage").GetString() == "total");

        var list = await _server.Client.GetStringAsync("/api/sessions", TestContext.Current.CancellationToken);
        Assert.DoesNotContain(_session, list, StringComparison.Ordinal);
        Assert.Contains(_session[..8], list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EndedCall_TakesItsViewersAlong()
    {
        using var response = await _server.OfferAsync("/whep/" + _session, "chromium-viewer");
        await _server.Runtime.Host!.FindSession(_session)!.CloseAsync(Rtc.SessionEndReason.PeerClosed);

        using var gone = await _server.SendAsync("DELETE", response.Headers.Location!.ToString());
        await RunningServer.ProblemAsync(gone, 404);
    }
}
