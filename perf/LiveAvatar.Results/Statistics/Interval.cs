namespace LiveAvatar.Results.Statistics;

/// <summary>A range that holds the true number in 95 of 100 such measurements.</summary>
/// <param name="Low">Its lower end.</param>
/// <param name="High">Its upper end.</param>
public readonly record struct Interval(double Low, double High)
{
    /// <summary>Whether a number lies in it, ends included.</summary>
    public bool Contains(double value) => value >= Low && value <= High;
}
