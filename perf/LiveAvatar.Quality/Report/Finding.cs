namespace LiveAvatar.Quality.Report;

/// <summary>What a measured number should be.</summary>
/// <param name="Least">It should not be below this.</param>
/// <param name="Most">It should not be above this.</param>
public sealed record Target(double? Least, double? Most)
{
    /// <summary>At least a number.</summary>
    public static Target AtLeast(double least) => new(least, null);

    /// <summary>At most a number.</summary>
    public static Target AtMost(double most) => new(null, most);

    /// <summary>Between two numbers.</summary>
    public static Target Between(double least, double most) => new(least, most);

    /// <summary>Whether a value is as it should be.</summary>
    public bool Holds(double value) => !(value < Least) && !(value > Most) && !double.IsNaN(value);
}

/// <summary>One measured number.</summary>
/// <param name="Group">What it says something about.</param>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The number; null when it could not be measured, and the note says why.</param>
/// <param name="Unit">Its unit; empty for shares and correlations.</param>
/// <param name="Target">What it should be; null for a number that only informs.</param>
/// <param name="Set">Test set.</param>
/// <param name="Note">What must be known to read it.</param>
public sealed record Finding(string Group, string Name, double? Value, string Unit, Target? Target, string Set, string Note)
{
    /// <summary>Whether the target is met; null without target or number.</summary>
    public bool? Passed => Target is null || Value is null ? null : Target.Holds(Value.Value);
}
