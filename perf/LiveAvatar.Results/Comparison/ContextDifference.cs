namespace LiveAvatar.Results.Comparison;

/// <summary>Something around two runs that is not the same, and may be why their figures differ.</summary>
/// <param name="What">"processor", "pack", "setting seconds", …</param>
/// <param name="A">In the first run; "not set" where it has none.</param>
/// <param name="B">In the second run.</param>
public sealed record ContextDifference(string What, string A, string B)
{
    /// <summary>Everything but date, commit and load that differs.</summary>
    public static IReadOnlyList<ContextDifference> Between(RunResult a, RunResult b)
    {
        List<ContextDifference> all =
        [
            new("processor", a.Machine.Processor, b.Machine.Processor),
            new("cores", Number.Format(a.Machine.Cores), Number.Format(b.Machine.Cores)),
            new("system", a.Machine.System, b.Machine.System),
            new("runtime", a.Machine.Runtime, b.Machine.Runtime),
            new("browser", a.Machine.Browser, b.Machine.Browser),
            new("pack", a.Pack, b.Pack),
            new("provider", a.Provider, b.Provider),
            .. a.Settings.Keys.Union(b.Settings.Keys).Order(StringComparer.Ordinal).Select(key => new ContextDifference(
                "setting " + key, a.Settings.GetValueOrDefault(key, "not set"), b.Settings.GetValueOrDefault(key, "not set"))),
        ];
        if (Math.Abs(a.Machine.MemoryGiB - b.Machine.MemoryGiB) > .05 * a.Machine.MemoryGiB)
        {
            all.Insert(2, new("memory", Number.Format(a.Machine.MemoryGiB) + " GiB", Number.Format(b.Machine.MemoryGiB) + " GiB"));
        }

        return [.. all.Where(difference => difference.A != difference.B)];
    }
}
