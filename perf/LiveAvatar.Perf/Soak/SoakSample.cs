namespace LiveAvatar.Perf.Soak;

/// <summary>The server at one moment of a soak.</summary>
/// <param name="Minutes">Since the start.</param>
/// <param name="MemoryMiB">Resident.</param>
/// <param name="HeapMiB">Managed.</param>
/// <param name="Handles">Open file descriptors.</param>
/// <param name="Threads">Threads of the process.</param>
/// <param name="Sessions">Calls it says it has.</param>
/// <param name="AvOffsetMs">How much later the voice reached viewers than the pictures of the same sound, median since the last sample; null when nobody watched.</param>
internal sealed record SoakSample(double Minutes, double MemoryMiB, double HeapMiB, int Handles, int Threads, double Sessions, double? AvOffsetMs);
