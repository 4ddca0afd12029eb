namespace LiveAvatar.StageBench;

/// <summary>What a stage was found to cost.</summary>
/// <param name="Name">The stage.</param>
/// <param name="Title">What one step is.</param>
/// <param name="Milliseconds">Of a step, one figure for each batch in the order of the run, none left out.</param>
/// <param name="ErrorMilliseconds">Half the width of the mean's 99.9 % confidence interval.</param>
/// <param name="AllocatedBytes">Managed bytes that a step allocates, the mean of all that were timed.</param>
/// <param name="BudgetMilliseconds">What a step may take.</param>
/// <param name="MayAllocate">Whether allocating is no failure here.</param>
public sealed record StageMeasurement(
    string Name, string Title, IReadOnlyList<double> Milliseconds, double ErrorMilliseconds, double AllocatedBytes, double BudgetMilliseconds, bool MayAllocate)
{
    /// <summary>It allocates and must not.</summary>
    public bool Fails => AllocatedBytes > 0 && !MayAllocate;
}
