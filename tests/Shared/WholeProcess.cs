namespace LiveAvatar.Testing;

/// <summary>Tests that measure the whole process run alone.</summary>
[CollectionDefinition(nameof(WholeProcess), DisableParallelization = true)]
public sealed class WholeProcess;
