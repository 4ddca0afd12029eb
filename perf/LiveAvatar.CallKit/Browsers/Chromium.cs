using Microsoft.Playwright;

namespace LiveAvatar.CallKit;

/// <summary>A headless Chromium with a recording for a microphone.</summary>
public sealed class Chromium : IProbeBrowser
{
    private static readonly string[] Candidates = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable"];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Chromium(IPlaywright playwright, IBrowser browser)
    {
        _playwright = playwright;
        _browser = browser;
    }

    /// <inheritdoc/>
    public string Version => "Chromium " + _browser.Version;

    /// <summary>Starts Chromium.</summary>
    /// <param name="microphone">16-bit PCM WAV file that loops as the microphone; null for a beeping one.</param>
    /// <exception cref="CallKitException">Chromium is not installed.</exception>
    public static async Task<Chromium> LaunchAsync(string? microphone = null)
    {
        var path = FindChromium();
        var playwright = await Playwright.CreateAsync().ConfigureAwait(false);
        List<string> flags =
        [
            "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream", "--autoplay-policy=no-user-gesture-required",
            // Several calls in one browser: a hidden page must not be slowed down.
            "--disable-background-timer-throttling", "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
        ];
        if (microphone is not null)
        {
            flags.Add("--use-file-for-fake-audio-capture=" + microphone);
        }

        try
        {
            var browser = await playwright.Chromium.LaunchAsync(new()
            {
                ExecutablePath = path,
                Headless = true,
                Args = flags,
            }).ConfigureAwait(false);
            return new Chromium(playwright, browser);
        }
        catch (PlaywrightException e)
        {
            playwright.Dispose();
            throw new CallKitException($"{path} did not start: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public async Task<ProbePage> OpenProbeAsync(Uri server) =>
        await ProbePage.CreateAsync(new ChromiumPage(await OpenPageAsync().ConfigureAwait(false)), server).ConfigureAwait(false);

    /// <summary>Opens a page with the probe but without a server, for rehearsals of the recorders.</summary>
    public async Task<ProbePage> OpenOfflineProbeAsync()
    {
        const string Address = "http://localhost:9/"; // a secure origin to the browser; nothing is ever asked there
        var page = await OpenPageAsync().ConfigureAwait(false);
        await page.RouteAsync(Address + "livez", route => route.FulfillAsync(new() { ContentType = "text/html", Body = "<!doctype html><body>" })).ConfigureAwait(false);
        return await ProbePage.CreateAsync(new ChromiumPage(page), new Uri(Address)).ConfigureAwait(false);
    }

    /// <summary>Opens a page of its own context, with the microphone allowed.</summary>
    public async Task<IPage> OpenPageAsync()
    {
        var context = await _browser.NewContextAsync(new()
        {
            Permissions = ["microphone"],
            BypassCSP = true, // the probe's audio worklet comes from a blob
            ViewportSize = new() { Width = 1280, Height = 900 },
        }).ConfigureAwait(false);
        return await context.NewPageAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _browser.CloseAsync().ConfigureAwait(false);
        _playwright.Dispose();
    }

    private static string FindChromium()
    {
        if (Environment.GetEnvironmentVariable("LIVEAVATAR_CHROMIUM") is { Length: > 0 } wanted)
        {
            return File.Exists(wanted) ? wanted : throw new CallKitException($"LIVEAVATAR_CHROMIUM names {wanted}, which does not exist.");
        }

        return Candidates.FirstOrDefault(File.Exists) ?? throw new CallKitException(
            "Chromium was not found. Install it (Debian: apt-get install chromium) or set LIVEAVATAR_CHROMIUM to its path.");
    }
}
