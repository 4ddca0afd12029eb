namespace LiveAvatar.Results.Comparison;

/// <summary>What a comparison of two figures rests on.</summary>
public enum Basis
{
    /// <summary>One figure each: there is no telling how much it varies.</summary>
    Figures,

    /// <summary>Measurements within one run each, which are not independent of one another.</summary>
    OneRun,

    /// <summary>Repeats of the measurement.</summary>
    Repeats,
}
