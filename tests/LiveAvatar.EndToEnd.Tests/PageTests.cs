using Microsoft.Playwright;

namespace LiveAvatar.EndToEnd.Tests;

/// <summary>The product's own pages, used as a person would.</summary>
public sealed class PageTests(Stage stage, ITestOutputHelper output)
{
    private const string FramesShown = "() => liveAvatar.video.getVideoPlaybackQuality().totalVideoFrames";

    [Fact]
    public Task CallButton_ShowsALivePresenter() => InTheStudioAsync(async page =>
    {
        await CallAsync(page);

        await WaitForFramesAsync(page, 25);
        Assert.Equal("Live", await page.InnerTextAsync("#state"));

        await page.ClickAsync("#call");
        await page.WaitForSelectorAsync("#state[data-state=idle]");
    });

    [Fact]
    public Task Call_ShowsWhereTheTimeGoes() => InTheStudioAsync(async page =>
    {
        await CallAsync(page);

        await page.WaitForFunctionAsync("() => Number(document.querySelector('#total').textContent) > 0");
        output.WriteLine($"the page says {await page.InnerTextAsync("#total")} ms");
    });

    [Theory]
    [InlineData("english")]
    [InlineData("german")]
    public Task SampleVoice_NeedsNoMicrophone(string voice) => InTheStudioAsync(async page =>
    {
        await page.Context.ClearPermissionsAsync();
        await page.CheckAsync($"input[name=voice][value={voice}]");
        await CallAsync(page);

        await WaitForFramesAsync(page, 25);
        await page.WaitForFunctionAsync("() => document.querySelector('#level').value > 0.05");
    });

    [Fact]
    public Task ViewerLink_ShowsAndSoundsInASecondTab() => InTheStudioAsync(async page =>
    {
        await CallAsync(page);
        var viewer = await page.Context.NewPageAsync();
        await viewer.GotoAsync(await page.InputValueAsync("#link"));

        await WaitForFramesAsync(viewer, 25);
        Assert.Equal("Live", await viewer.InnerTextAsync("#state"));
        // Samples that were received and not concealed, with energy in them: the presenter's voice.
        await viewer.WaitForFunctionAsync(
            """
            async () => [...(await liveAvatar.peer.getStats()).values()]
              .some((s) => s.type === 'inbound-rtp' && s.kind === 'audio' && s.totalAudioEnergy > 0.001)
            """);
    });

    [Fact]
    public async Task LinkOfAnEndedCall_SaysSo()
    {
        var server = await stage.ServerAsync();
        var page = await (await stage.BrowserAsync()).OpenPageAsync();

        await page.GotoAsync(new Uri(server.Address, "/view/0123456789").ToString());

        await page.WaitForSelectorAsync("#message:not([hidden])");
        Assert.Contains("ended", await page.InnerTextAsync("#message-text"), StringComparison.Ordinal);
        await page.Context.CloseAsync();
    }

    private static async Task CallAsync(IPage page)
    {
        await page.WaitForSelectorAsync(".avatar");
        await page.ClickAsync("#call");
        await page.WaitForSelectorAsync("#state[data-state=live]", new() { Timeout = 5000 });
    }

    private static async Task WaitForFramesAsync(IPage page, int count) =>
        await page.WaitForFunctionAsync($"() => ({FramesShown})() >= {count}", null, new() { Timeout = 15_000 });

    private async Task InTheStudioAsync(Func<IPage, Task> use)
    {
        var server = await stage.ServerAsync();
        var page = await (await stage.BrowserAsync()).OpenPageAsync();
        var errors = new List<string>();
        page.Console += (_, message) =>
        {
            // What crosses the end of its call on the way, a poll of the statistics or the DELETE that DTLS's goodbye overtook,
            // gets a 404 that the page expects and the console names all the same.
            if (message.Type == "error" && !message.Text.Contains("404", StringComparison.Ordinal))
            {
                errors.Add($"{message.Text} {message.Location}");
            }
        };
        page.PageError += (_, error) => errors.Add(error);
        try
        {
            await page.GotoAsync(server.Address.ToString());
            await use(page);
            Assert.True(errors.Count == 0, string.Join("; ", errors));
        }
        finally
        {
            await page.Context.CloseAsync();
        }
    }
}
