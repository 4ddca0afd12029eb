namespace LiveAvatar.Perf.Soak;

/// <summary>What is soaked.</summary>
/// <param name="Time">How long.</param>
/// <param name="Sessions">Calls at a time.</param>
/// <param name="Stay">How long each stays.</param>
internal sealed record SoakSettings(TimeSpan Time, int Sessions, TimeSpan Stay);
