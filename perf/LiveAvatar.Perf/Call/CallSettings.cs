namespace LiveAvatar.Perf.Call;

/// <summary>What is measured.</summary>
/// <param name="Seconds">Length of the measured call.</param>
/// <param name="Repeats">How often everything is measured, variants taking turns.</param>
/// <param name="Variants">Which calls.</param>
/// <param name="Connects">Calls made only to time their first picture.</param>
/// <param name="Onsets">Vowels whose way from microphone to picture is timed.</param>
internal sealed record CallSettings(int Seconds, int Repeats, IReadOnlyList<CallVariant> Variants, int Connects, int Onsets);
