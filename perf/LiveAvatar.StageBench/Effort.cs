namespace LiveAvatar.StageBench;

/// <summary>How long is measured.</summary>
public enum Effort
{
    /// <summary>A few steps of each stage: enough for allocations, not for times.</summary>
    Smoke,

    /// <summary>Half a minute in all.</summary>
    Short,

    /// <summary>A minute or two, for the tails of the distributions.</summary>
    Thorough,
}
