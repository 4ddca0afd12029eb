namespace LiveAvatar.Results.Statistics;

/// <summary>How far the figure of one sample is from that of another.</summary>
/// <param name="Ratio">Of B over A; null where A's figure can be 0 or less, which no ratio can be built on.</param>
/// <param name="Difference">Of B minus A, in the unit of the samples.</param>
public sealed record Estimate(Interval? Ratio, Interval Difference);
