namespace LiveAvatar.Results;

/// <summary>Something followed over the time of a run.</summary>
/// <param name="Name">What it is in every file.</param>
/// <param name="Title">What it is to people.</param>
/// <param name="Unit">As in <see cref="Metric.Unit"/>.</param>
/// <param name="AxisTitle">What runs along: "time, s", "sessions".</param>
/// <param name="X">Along, ascending.</param>
/// <param name="Y">The value there.</param>
public sealed record Series(string Name, string Title, string Unit, string AxisTitle, IReadOnlyList<double> X, IReadOnlyList<double> Y);
