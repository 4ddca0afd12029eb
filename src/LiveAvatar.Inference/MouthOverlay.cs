using LiveAvatar.Inference.Runtime;

namespace LiveAvatar.Inference;

/// <summary>Brings the mouth to rest over what the models decided, for a voice that was cut off.</summary>
/// <remarks>
/// The models have heard up to their look-ahead of a sound that nobody will hear any more, and would still speak it. What a
/// mood does to the mouth (smile, frown, dimple) stays. Allocates nothing after its construction.
/// </remarks>
internal sealed class MouthOverlay
{
    private static readonly string[] Speaking =
    [
        "jawOpen", "jawForward", "jawLeft", "jawRight", "mouthClose", "mouthFunnel", "mouthPucker", "mouthLeft", "mouthRight",
        "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "mouthPressLeft", "mouthPressRight",
        "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight", "mouthStretchLeft", "mouthStretchRight",
        "cheekPuff", "tongueOut",
    ];

    private readonly int[] _places;

    /// <param name="channels">The pack's names of the motion vector's entries.</param>
    internal MouthOverlay(IReadOnlyList<string> channels)
    {
        var names = channels.ToList();
        _places = [.. Speaking.Select(name => names.IndexOf(name))];
    }

    /// <summary>Takes a share, 0…1, of the speech out of the mouth.</summary>
    internal void Apply(float hush, Span<float> motion)
    {
        var kept = 1 - Finite.Clamp(hush, 0, 1);
        if (kept == 1)
        {
            return;
        }

        foreach (var place in _places)
        {
            motion[place] *= kept;
        }
    }
}
