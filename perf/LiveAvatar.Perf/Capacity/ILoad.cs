namespace LiveAvatar.Perf.Capacity;

/// <summary>A load that can be raised step by step.</summary>
internal interface ILoad : IAsyncDisposable
{
    /// <summary>What is counted: "sessions", "viewers", …</summary>
    public string Counts { get; }

    /// <summary>How many are added at a time.</summary>
    public int Step { get; }

    /// <summary>Adds one step.</summary>
    public Task AddAsync();

    /// <summary>Watches for a while.</summary>
    public Task<RampStep> MeasureAsync(TimeSpan time);
}
