using LiveAvatar.CallKit;

namespace LiveAvatar.Perf.Call;

/// <summary>The browsers of a run, by the names variants have for them.</summary>
internal sealed class BrowserSet : IAsyncDisposable
{
    private readonly Dictionary<string, IProbeBrowser> _browsers = [];

    /// <summary>Names and versions.</summary>
    public string Versions => string.Join(", ", _browsers.Values.Select(browser => browser.Version));

    /// <summary>One that runs.</summary>
    public IProbeBrowser this[string name] => _browsers[name];

    /// <summary>Starts those that are asked for; one that waits for its turn shows nothing and costs nothing.</summary>
    /// <exception cref="CallKitException">One is missing or does not start.</exception>
    public async Task StartAsync(IEnumerable<string> names)
    {
        foreach (var name in names.Distinct())
        {
            _browsers[name] = name == "firefox" ? await Firefox.LaunchAsync().ConfigureAwait(false) : await Chromium.LaunchAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var browser in _browsers.Values)
        {
            await browser.DisposeAsync().ConfigureAwait(false);
        }
    }
}
