namespace LiveAvatar.Results.Comparison;

/// <summary>What a comparison of two figures says.</summary>
public enum Verdict
{
    /// <summary>Nothing: it was not measured often enough.</summary>
    Open,

    /// <summary>It may be the same.</summary>
    NoDifference,

    /// <summary>B is better.</summary>
    Better,

    /// <summary>B is worse.</summary>
    Worse,

    /// <summary>It changed, and has no good or bad direction.</summary>
    Different,

    /// <summary>Only A has it.</summary>
    OnlyInA,

    /// <summary>Only B has it.</summary>
    OnlyInB,
}
