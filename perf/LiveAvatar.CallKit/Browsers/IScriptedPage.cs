namespace LiveAvatar.CallKit;

/// <summary>A page of any browser, as a place where functions run.</summary>
public interface IScriptedPage : IAsyncDisposable
{
    /// <summary>Loads an address.</summary>
    public Task GotoAsync(Uri address);

    /// <summary>Runs a function of one string that gives a string, or the promise of one.</summary>
    public Task<string> CallAsync(string script, string argument);
}
