namespace LiveAvatar.StageBench;

/// <summary>What is measured.</summary>
/// <param name="Pack">Folder of the model pack.</param>
/// <param name="Voice">A recording of somebody who speaks.</param>
/// <param name="Provider">Where the ladder of providers begins: auto, cpu, cuda or tensorrt.</param>
/// <param name="Effort">How long.</param>
/// <param name="Filter">Part of the names of the stages that are measured; empty is all.</param>
/// <param name="Work">Folder for what the tools write while they run.</param>
public sealed record StageSettings(string Pack, string Voice, string Provider, Effort Effort, string Filter, string Work);
