using System.Text.Json;
using LiveAvatar.CallKit;

namespace LiveAvatar.EndToEnd.Tests;

/// <summary>The pages of a server that asks for keys.</summary>
public sealed class StudioAccessTests(Stage stage) : IDisposable
{
    private const string Driver = "a-key-of-somebody-who-calls";
    private const string Watcher = "a-key-of-somebody-who-watches";

    private readonly string _keys = Path.GetTempFileName();

    public void Dispose() => File.Delete(_keys);

    [Fact]
    public async Task Studio_AsksForAKeyAndItsLinkBringsAToken()
    {
        await using var server = await StartAsync();
        await using var studio = await StudioPage.OpenAsync(stage, server);
        await studio.Page.ClickAsync("#call");
        await studio.Page.WaitForSelectorAsync("#access:not([hidden])");
        Assert.Contains("key", await studio.Page.InnerTextAsync("#access-reason"), StringComparison.OrdinalIgnoreCase);
        await studio.Page.FillAsync("#key", Watcher); // a key, but not for calling
        await studio.Page.ClickAsync("#access button");
        await studio.Page.WaitForFunctionAsync("() => document.querySelector('#key').value === '' && !document.querySelector('#access').hidden");
        await studio.Page.FillAsync("#key", Driver);
        await studio.Page.Keyboard.PressAsync("Enter");
        await studio.Page.WaitForSelectorAsync("#state[data-state=live]");

        // Everything of the call works with its secret: numbers, steering, the link.
        await studio.Page.WaitForFunctionAsync("() => Number(document.querySelector('#total').textContent) > 0");
        await studio.Page.ClickAsync("[data-now=blink]");
        await studio.Page.WaitForFunctionAsync("() => document.querySelector('#link').value.includes('#')");
        var link = await studio.Page.InputValueAsync("#link");
        var viewer = await (await stage.BrowserAsync()).OpenPageAsync();
        await viewer.GotoAsync(link);
        await viewer.WaitForSelectorAsync("#state[data-state=live]");
        await viewer.Context.CloseAsync();

        var guest = await (await stage.BrowserAsync()).OpenPageAsync();
        await guest.GotoAsync(link[..(link.IndexOf('#', StringComparison.Ordinal) + 10)]);
        await guest.WaitForFunctionAsync("() => document.querySelector('#message-text').textContent.includes('expired')");
        await guest.GotoAsync("about:blank");
        await guest.GotoAsync(link[..link.IndexOf('#', StringComparison.Ordinal)]);
        await guest.WaitForSelectorAsync("#access:not([hidden])");
        await guest.FillAsync("#key", Watcher);
        await guest.ClickAsync("#access button");
        await guest.WaitForSelectorAsync("#state[data-state=live]");
        await guest.Context.CloseAsync();
        Assert.True(await studio.Page.IsHiddenAsync("#message"), await studio.Page.InnerTextAsync("#message-text"));
        Assert.Empty(studio.Errors);
    }

    private async Task<ServerProcess> StartAsync()
    {
        await File.WriteAllTextAsync(_keys, JsonSerializer.Serialize(new object[]
        {
            new { name = "driver", key = Driver, roles = new[] { "drive" } },
            new { name = "watcher", key = Watcher, roles = new[] { "watch" } },
        }));
        return await ServerProcess.StartAsync("--api-keys", _keys);
    }
}
