namespace LiveAvatar.Results;

/// <summary>Which way a number should go.</summary>
public enum Better
{
    /// <summary>It only describes.</summary>
    Neither,

    /// <summary>Less is better.</summary>
    Lower,

    /// <summary>More is better.</summary>
    Higher,
}
