namespace LiveAvatar.Results.Html;

/// <summary>A run that a report shows.</summary>
/// <param name="File">Where it was read from, for people.</param>
/// <param name="Result">What it found.</param>
public sealed record ReportedRun(string File, RunResult Result)
{
    /// <summary>What has to be the same for the figures of two runs to be one trend.</summary>
    internal string TrendKey => string.Join('\n', (string[])
    [
        Result.Kind, Result.Machine.Processor, $"{Result.Machine.Cores}", Result.Provider,
        .. Result.Settings.OrderBy(setting => setting.Key, StringComparer.Ordinal).Select(setting => $"{setting.Key}={setting.Value}"),
    ]);
}
