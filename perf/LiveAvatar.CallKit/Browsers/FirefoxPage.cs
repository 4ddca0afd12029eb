using System.Collections.Concurrent;
using WebDriverBiDi;
using WebDriverBiDi.BrowsingContext;
using WebDriverBiDi.Log;
using WebDriverBiDi.Script;
using WebDriverBiDi.Session;

namespace LiveAvatar.CallKit;

/// <summary>A window of Firefox.</summary>
public sealed class FirefoxPage : IScriptedPage
{
    private readonly BiDiDriver _driver;
    private readonly string _context;
    private readonly ConcurrentQueue<string> _errors = new();

    private FirefoxPage(BiDiDriver driver, string context) => (_driver, _context) = (driver, context);

    /// <summary>What the page's console complained of.</summary>
    public string Errors => string.Join("; ", _errors);

    /// <inheritdoc/>
    public Task GotoAsync(Uri address) => AskAsync(() => _driver.BrowsingContext.NavigateAsync(
        new NavigateCommandParameters(_context, address.ToString()) { Wait = ReadinessState.Complete }));

    /// <inheritdoc/>
    public async Task<string> CallAsync(string script, string argument)
    {
        var call = new CallFunctionCommandParameters(script, new ContextTarget(_context), awaitPromise: true) { UserActivation = true };
        call.Arguments.Add(LocalValue.String(argument));
        return await AskAsync(() => _driver.Script.CallFunctionAsync(call), script).ConfigureAwait(false) switch
        {
            EvaluateResultSuccess { Result: StringRemoteValue text } => text.Value,
            EvaluateResultException failed => throw new CallKitException($"Firefox: {failed.ExceptionDetails.Text}"),
            var other => throw new CallKitException($"Firefox gave {other} for a text."),
        };
    }

    /// <summary>A picture of the page, PNG.</summary>
    public async Task<byte[]> ScreenshotAsync()
    {
        var shot = await AskAsync(() => _driver.BrowsingContext.CaptureScreenshotAsync(new CaptureScreenshotCommandParameters(_context))).ConfigureAwait(false);
        return Convert.FromBase64String(shot.Data);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _driver.BrowsingContext.CloseAsync(new CloseCommandParameters(_context)).ConfigureAwait(false);
        }
        catch (WebDriverBiDiException)
        {
            // it has gone with its browser
        }
    }

    internal static async Task<FirefoxPage> CreateAsync(BiDiDriver driver, string context)
    {
        var page = new FirefoxPage(driver, context);
        driver.Log.OnEntryAdded.AddObserver(page.KeepAsync);
        await driver.Session.SubscribeAsync(new SubscribeCommandParameters(driver.Log.OnEntryAdded.EventName, [context])).ConfigureAwait(false);
        return page;
    }

    private Task KeepAsync(EntryAddedEventArgs entry)
    {
        if (entry.Level == WebDriverBiDi.Log.LogLevel.Error && entry.Source.BrowsingContextId == _context)
        {
            _errors.Enqueue(entry.Text ?? "");
        }

        return Task.CompletedTask;
    }

    private static async Task<T> AskAsync<T>(Func<Task<T>> ask, string what = "")
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (WebDriverBiDiTimeoutException e)
        {
            throw new CallKitException($"Firefox: {e.Message} {what[..Math.Min(what.Length, 160)]}".TrimEnd(), e); // which of the page's functions never ended
        }
        catch (WebDriverBiDiException e)
        {
            throw new CallKitException($"Firefox: {e.Message}", e);
        }
    }
}
