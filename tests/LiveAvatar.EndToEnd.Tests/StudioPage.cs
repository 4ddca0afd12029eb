using LiveAvatar.CallKit;
using Microsoft.Playwright;

namespace LiveAvatar.EndToEnd.Tests;

/// <summary>The product's own studio in a browser, and whether its console stayed quiet.</summary>
internal sealed class StudioPage : IAsyncDisposable
{
    private readonly List<string> _errors = [];

    private StudioPage(IPage page)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            // What crosses the end of its call on the way, a poll of the statistics or the DELETE that DTLS's goodbye overtook,
            // gets a 404 that the page expects and the console names all the same. Refusals are tested by their messages.
            if (message.Type == "error" && !message.Text.Contains("status of 4", StringComparison.Ordinal) && !message.Text.Contains("status of 503", StringComparison.Ordinal))
            {
                _errors.Add($"{message.Text} {message.Location}");
            }
        };
        page.PageError += (_, error) => _errors.Add(error);
    }

    public IPage Page { get; }

    public string Errors => string.Join("; ", _errors);

    /// <summary>Opens the studio.</summary>
    /// <param name="stage">Whose browser is used.</param>
    /// <param name="server">Another server than the shared one.</param>
    /// <param name="script">What runs in the page before its own scripts.</param>
    public static async Task<StudioPage> OpenAsync(Stage stage, ServerProcess? server = null, string? script = null)
    {
        server ??= await stage.ServerAsync();
        var page = await (await stage.BrowserAsync()).OpenPageAsync();
        if (script is not null)
        {
            await page.AddInitScriptAsync(script);
        }

        var studio = new StudioPage(page);
        await page.GotoAsync(server.Address.ToString());
        await page.WaitForSelectorAsync(".avatar");
        await page.WaitForSelectorAsync(".emotion");
        return studio;
    }

    public async Task CallAsync()
    {
        await Page.ClickAsync("#call");
        await Page.WaitForSelectorAsync("#state[data-state=live]", new() { Timeout = 5000 });
        await WaitForFramesAsync(25);
    }

    public async Task WaitForFramesAsync(int count) =>
        await Page.WaitForFunctionAsync($"() => liveAvatar.video.getVideoPlaybackQuality().totalVideoFrames >= {count}", null, new() { Timeout = 15_000 });

    /// <summary>Waits for a message and gives it.</summary>
    public async Task<string> MessageAsync(float patienceMs = 15_000)
    {
        await Page.WaitForSelectorAsync("#message:not([hidden])", new() { Timeout = patienceMs });
        return await Page.InnerTextAsync("#message-text");
    }

    public async ValueTask DisposeAsync() => await Page.Context.CloseAsync();
}
