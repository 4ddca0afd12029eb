namespace LiveAvatar.Inference.Runtime;

/// <summary>Whether quantised twins are to run, and why.</summary>
internal readonly record struct PrecisionChoice(bool Int8, string Reason)
{
    /// <summary>Chooses for one rung.</summary>
    /// <param name="rung">The rung: GPUs have fp16, so twins are for the CPU alone.</param>
    /// <param name="preference">What the operator wants.</param>
    /// <param name="batch">Streams per run: the twins measure their numbers' range per run, so in a shared run one stream would change another.</param>
    /// <param name="packHasTwins">Whether any graph has a twin.</param>
    /// <param name="instructions">What <see cref="Int8Instructions.Find"/> found.</param>
    internal static PrecisionChoice Of(ProviderRung rung, PrecisionPreference preference, int batch, bool packHasTwins, string? instructions) => true switch
    {
        _ when rung != ProviderRung.Cpu => new(false, "on a GPU"),
        _ when preference == PrecisionPreference.Fp32 => new(false, "asked for"),
        _ when !packHasTwins => new(false, "the pack has no int8 graphs"),
        _ when batch > 1 => new(false, "streams share runs"),
        _ when preference == PrecisionPreference.Int8 => new(true, "asked for"),
        _ when instructions is null => new(false, "this CPU has no VNNI or dot product instructions"),
        _ => new(true, instructions!),
    };
}
