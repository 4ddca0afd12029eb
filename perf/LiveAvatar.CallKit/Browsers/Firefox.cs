using System.Diagnostics;
using WebDriverBiDi;
using WebDriverBiDi.BrowsingContext;
using WebDriverBiDi.Session;

namespace LiveAvatar.CallKit;

/// <summary>A headless Firefox with a profile and a sound device of its own, driven over WebDriver BiDi.</summary>
public sealed class Firefox : IProbeBrowser
{
    private const string Listening = "WebDriver BiDi listening on ";
    private const int Width = 1280;
    private const int Height = 900;
    private static readonly string[] Candidates = ["/usr/bin/firefox-esr", "/usr/bin/firefox"];
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CommandLimit = TimeSpan.FromSeconds(60);

    private static readonly string[] Preferences =
    [
        "\"media.navigator.permission.disabled\", true", // the microphone is given without asking
        "\"media.autoplay.default\", 0",
        "\"media.autoplay.blocking_policy\", 0",
        "\"privacy.reduceTimerPrecision\", false", // performance.now() to the microsecond instead of the millisecond
    ];

    private readonly DirectoryInfo _folder;
    private readonly SoundDevice? _sound;
    private readonly Process _process;
    private readonly BiDiDriver _driver;

    private Firefox(DirectoryInfo folder, SoundDevice? sound, Process process, BiDiDriver driver, string version)
    {
        (_folder, _sound, _process, _driver) = (folder, sound, process, driver);
        Version = "Firefox " + version;
    }

    /// <summary>Why it cannot be started here; null when it can.</summary>
    public static string? Missing => FindFirefox() is null
        ? "Firefox was not found. Install it (Debian: apt-get install firefox-esr) or set LIVEAVATAR_FIREFOX to its path."
        : SoundDevice.Missing;

    /// <inheritdoc/>
    public string Version { get; }

    /// <summary>Starts Firefox.</summary>
    /// <param name="hasSound">False: on a machine without a sound device, where its audio contexts never run.</param>
    /// <exception cref="CallKitException">It is not installed or does not start.</exception>
    public static async Task<Firefox> LaunchAsync(bool hasSound = true)
    {
        if (Missing is { } missing)
        {
            throw new CallKitException(missing);
        }

        var folder = Directory.CreateTempSubdirectory("liveavatar-firefox");
        SoundDevice? sound = null;
        Process? process = null;
        try
        {
            sound = hasSound ? await SoundDevice.StartAsync(folder).ConfigureAwait(false) : null;
            await File.WriteAllLinesAsync(Path.Combine(folder.FullName, "user.js"), Preferences.Select(pair => $"user_pref({pair});")).ConfigureAwait(false);
            (process, var address) = await StartAsync(folder, sound).ConfigureAwait(false);
            var driver = new BiDiDriver(CommandLimit);
            await driver.StartAsync(address + "/session").ConfigureAwait(false);
            var session = await driver.Session.NewSessionAsync(new NewCommandParameters()).ConfigureAwait(false);
            return new Firefox(folder, sound, process, driver, session.Capabilities.BrowserVersion);
        }
        catch (Exception e)
        {
            process?.Kill(entireProcessTree: true);
            process?.Dispose();
            sound?.Dispose();
            folder.Delete(recursive: true);
            if (e is WebDriverBiDiException)
            {
                throw new CallKitException($"Firefox did not start: {e.Message}", e);
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<ProbePage> OpenProbeAsync(Uri server) => await ProbePage.CreateAsync(await OpenPageAsync().ConfigureAwait(false), server).ConfigureAwait(false);

    /// <summary>Opens a window of its own: a tab behind another one gets no frames.</summary>
    public async Task<FirefoxPage> OpenPageAsync()
    {
        var made = await _driver.BrowsingContext.CreateAsync(new CreateCommandParameters(CreateType.Window)).ConfigureAwait(false);
        await _driver.BrowsingContext.SetViewportAsync(new SetViewportCommandParameters
        {
            BrowsingContextId = made.BrowsingContextId,
            Viewport = new Viewport { Width = Width, Height = Height },
        }).ConfigureAwait(false);
        return await FirefoxPage.CreateAsync(_driver, made.BrowsingContextId).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await _driver.Browser.CloseAsync(new()).ConfigureAwait(false);
            await _process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebDriverBiDiException or OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }

        await _driver.DisposeAsync().ConfigureAwait(false);
        _process.Dispose();
        _sound?.Dispose();
        _folder.Delete(recursive: true);
    }

    private static async Task<(Process Process, string Address)> StartAsync(DirectoryInfo folder, SoundDevice? sound)
    {
        var start = new ProcessStartInfo(FindFirefox()!, ["--headless", "--no-remote", "--profile", folder.FullName, "--remote-debugging-port", "0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = folder.FullName;
        start.Environment["PULSE_SERVER"] = sound?.Address ?? "unix:" + Path.Combine(folder.FullName, "no-sound-device");
        var process = new Process { StartInfo = start };
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new List<string>();
        process.OutputDataReceived += (_, _) => { }; // read, or its pipe fills
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text && text.StartsWith(Listening, StringComparison.Ordinal))
            {
                found.TrySetResult(text[Listening.Length..]);
            }
            else if (line.Data is { } other && !found.Task.IsCompleted)
            {
                said.Add(other);
            }
        };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await Task.WhenAny(found.Task, process.WaitForExitAsync(), Task.Delay(StartLimit)).ConfigureAwait(false);
        if (!found.Task.IsCompletedSuccessfully)
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw new CallKitException($"Firefox did not start. Its last words:\n{string.Join('\n', said)}");
        }

        return (process, await found.Task.ConfigureAwait(false));
    }

    private static string? FindFirefox() => Environment.GetEnvironmentVariable("LIVEAVATAR_FIREFOX") is { Length: > 0 } wanted
        ? File.Exists(wanted) ? wanted : null
        : Candidates.FirstOrDefault(File.Exists);
}
