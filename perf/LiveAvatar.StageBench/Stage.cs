namespace LiveAvatar.StageBench;

/// <summary>One stage of the pipeline to measure alone.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Step">One step on the calling thread, as the pipeline would do it.</param>
/// <param name="Check">Looks at what the steps gave and throws if it is wrong; runs before anything is timed.</param>
/// <param name="Budget">Time one step may take: what a 40 ms frame leaves it.</param>
internal sealed record Stage(string Name, Action Step, Action Check, TimeSpan Budget);
