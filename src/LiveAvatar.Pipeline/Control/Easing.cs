namespace LiveAvatar.Pipeline.Control;

/// <summary>How a value goes from what it is to what it shall be.</summary>
public enum Easing
{
    /// <summary>Starts and stops softly: 3t² − 2t³.</summary>
    InOut,

    /// <summary>At the same speed all the way.</summary>
    Linear,

    /// <summary>Starts softly: t².</summary>
    In,

    /// <summary>Stops softly: 1 − (1 − t)².</summary>
    Out,
}
