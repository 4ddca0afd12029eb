using Microsoft.Playwright;

namespace LiveAvatar.CallKit;

/// <summary>A page of Chromium, by Playwright.</summary>
internal sealed class ChromiumPage(IPage page) : IScriptedPage
{
    /// <inheritdoc/>
    public Task GotoAsync(Uri address) => page.GotoAsync(address.ToString());

    /// <inheritdoc/>
    public Task<string> CallAsync(string script, string argument) => page.EvaluateAsync<string>(script, argument);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await page.Context.CloseAsync().ConfigureAwait(false);
}
