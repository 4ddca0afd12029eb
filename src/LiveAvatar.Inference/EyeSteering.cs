namespace LiveAvatar.Inference;

/// <summary>Where the eyes look and whether they blink in one frame, laid over what the models decided. The default changes nothing.</summary>
/// <remarks>Values out of range are clamped, and what is not a number counts as 0.</remarks>
/// <param name="X">−1…1: 0 straight ahead, 1 as far to the presenter's left as the eyes can turn.</param>
/// <param name="Y">−1…1: 0 straight ahead, 1 as far up as the eyes can turn.</param>
/// <param name="Weight">0 = the eyes move by themselves, 1 = they look where <paramref name="X"/> and <paramref name="Y"/> say, between = blend.</param>
/// <param name="Blink">0 = no more than the face blinks by itself, 1 = closed.</param>
public readonly record struct EyeSteering(float X, float Y, float Weight, float Blink);
