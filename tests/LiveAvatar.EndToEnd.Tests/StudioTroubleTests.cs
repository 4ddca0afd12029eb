using LiveAvatar.CallKit;

namespace LiveAvatar.EndToEnd.Tests;

/// <summary>What the studio says and does when something is wrong.</summary>
public sealed class StudioTroubleTests(Stage stage, ITestOutputHelper output)
{
    private static readonly string Voice = Checkout.At("tests", "vectors", "voices", "slt.wav");

    [Theory]
    [InlineData("NotAllowedError", "blocked")]
    [InlineData("NotFoundError", "No microphone was found")]
    [InlineData("NotReadableError", "in use by another program")]
    public async Task NoMicrophone_SaysWhatToDo(string name, string said)
    {
        await using var studio = await StudioPage.OpenAsync(
            stage, script: $"navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '{name}'));");
        await studio.Page.ClickAsync("#call");
        var message = await studio.MessageAsync();
        Assert.Contains(said, message, StringComparison.Ordinal);
        Assert.Contains("sample voice", message, StringComparison.Ordinal);
        Assert.Equal("Call", await studio.Page.InnerTextAsync("#call"));
    }

    [Fact]
    public async Task AudioFile_IsTheVoiceAndGarbageIsNamed()
    {
        await using var studio = await StudioPage.OpenAsync(stage);
        await studio.Page.SetInputFilesAsync("#file", Checkout.At("README.md"));
        await studio.Page.ClickAsync("#call");
        Assert.Contains("\"README.md\" is no sound", await studio.MessageAsync(), StringComparison.Ordinal);

        await studio.Page.SetInputFilesAsync("#file", Voice);
        Assert.Equal("slt.wav", await studio.Page.InnerTextAsync("#file-name"));
        await studio.CallAsync();
        await studio.Page.WaitForFunctionAsync("() => document.querySelector('#level').value > 0.05");
        Assert.Empty(studio.Errors);
    }

    [Fact]
    public async Task FullServer_IsTriedAgainByItself()
    {
        await using var server = await ServerProcess.StartAsync("--max-sessions", "1");
        var other = await Speaker.CreateAsync(server);
        await using var studio = await StudioPage.OpenAsync(stage, server);
        await studio.Page.ClickAsync("#call");
        var message = await studio.MessageAsync();
        output.WriteLine(message);
        Assert.Contains("is full", message, StringComparison.Ordinal);
        Assert.Matches(@"Trying again in \d+ s", message);

        await other.DisposeAsync();
        await studio.Page.WaitForSelectorAsync("#state[data-state=live]", new() { Timeout = 25_000 });
    }

    [Fact]
    public async Task BlockedUdp_IsNamed()
    {
        // TEST-NET-1 (RFC 5737): packets to it go nowhere, as behind a firewall.
        await using var server = await ServerProcess.StartAsync("--advertise", "192.0.2.1");
        await using var studio = await StudioPage.OpenAsync(stage, server);
        await studio.Page.ClickAsync("#call");
        var message = await studio.MessageAsync(patienceMs: 40_000);
        output.WriteLine(message);
        Assert.Contains("UDP", message, StringComparison.Ordinal);
        Assert.Contains("Call again", await studio.Page.InnerTextAsync("#message-action"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DroppedCall_IsDialledAgain()
    {
        var server = await stage.ServerAsync();
        await using var studio = await StudioPage.OpenAsync(stage, server);
        await studio.CallAsync();
        var session = await studio.Page.EvaluateAsync<string>("liveAvatar.sessionId");
        using (var client = new HttpClient { BaseAddress = server.Address })
        {
            using var ended = await client.DeleteAsync(new Uri($"/whip/{session}/{await studio.Page.InputValueAsync("#secret")}", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.True(ended.IsSuccessStatusCode);
        }

        await studio.Page.WaitForFunctionAsync($"() => liveAvatar.sessionId && liveAvatar.sessionId !== '{session}'", null, new() { Timeout = 20_000 });
        await studio.Page.WaitForSelectorAsync("#state[data-state=live]", new() { Timeout = 5000 });
    }

    [Fact]
    public async Task ViewerOfADroppedCall_IsToldItHasEnded()
    {
        await using var studio = await StudioPage.OpenAsync(stage);
        await studio.CallAsync();
        var viewer = await studio.Page.Context.NewPageAsync();
        await viewer.GotoAsync(await studio.Page.InputValueAsync("#link"));
        await viewer.WaitForSelectorAsync("#state[data-state=live]");
        await studio.Page.ClickAsync("#call");
        await viewer.WaitForFunctionAsync("() => document.querySelector('#message-text').textContent.includes('ended')", null, new() { Timeout = 20_000 });
        Assert.Equal("Try again", await viewer.InnerTextAsync("#message-action"));
    }
}
