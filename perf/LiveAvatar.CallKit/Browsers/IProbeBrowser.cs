namespace LiveAvatar.CallKit;

/// <summary>A browser whose pages call and watch.</summary>
public interface IProbeBrowser : IAsyncDisposable
{
    /// <summary>Name and version, for reports.</summary>
    public string Version { get; }

    /// <summary>Opens a page of the server's origin, with the probe loaded.</summary>
    public Task<ProbePage> OpenProbeAsync(Uri server);
}
