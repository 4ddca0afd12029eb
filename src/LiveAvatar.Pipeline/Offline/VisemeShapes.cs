namespace LiveAvatar.Pipeline.Offline;

/// <summary>The 15 mouth shapes of a contact sheet as ARKit coefficients; a name without a side stands for left and right.</summary>
/// <remarks>Names are those of the 15 visemes that speech animation commonly uses. The shapes are plain, well-formed examples, not what the models have learnt.</remarks>
internal static class VisemeShapes
{
    /// <summary>One mouth shape.</summary>
    /// <param name="Name">Name of the viseme.</param>
    /// <param name="Closes">The lips meet, or the lower lip and the teeth: the jaw is where the shape wants it, whatever the mood.</param>
    /// <param name="Channels">Coefficients added to the face at rest.</param>
    internal sealed record Viseme(string Name, bool Closes, params (string Channel, float Value)[] Channels);

    /// <summary>In the order of the sheet's columns.</summary>
    internal static readonly Viseme[] All =
    [
        new("sil", false),
        new("PP", true, ("jawOpen", 0.06f), ("mouthClose", 0.06f), ("mouthPress", 0.25f), ("mouthRollUpper", 0.2f), ("mouthRollLower", 0.15f)),
        new("FF", true, ("jawOpen", 0.06f), ("mouthRollLower", 0.5f), ("mouthShrugUpper", 0.3f), ("mouthUpperUp", 0.25f)),
        new("TH", false, ("jawOpen", 0.14f), ("mouthLowerDown", 0.35f), ("mouthUpperUp", 0.28f), ("tongueOut", 0.3f)),
        new("DD", false, ("jawOpen", 0.09f), ("mouthLowerDown", 0.34f), ("mouthUpperUp", 0.24f)),
        new("kk", false, ("jawOpen", 0.15f), ("mouthDimple", 0.12f), ("mouthLowerDown", 0.22f), ("mouthUpperUp", 0.16f)),
        new("CH", false, ("jawOpen", 0.07f), ("mouthFunnel", 0.48f), ("mouthPucker", 0.25f), ("mouthLowerDown", 0.34f), ("mouthUpperUp", 0.2f)),
        new("SS", false, ("jawOpen", 0.03f), ("mouthStretch", 0.18f), ("mouthSmile", 0.1f), ("mouthLowerDown", 0.5f), ("mouthUpperUp", 0.2f)),
        new("nn", false, ("jawOpen", 0.12f), ("mouthLowerDown", 0.3f), ("mouthUpperUp", 0.22f), ("tongueOut", 0.06f)),
        new("RR", false, ("jawOpen", 0.12f), ("mouthPucker", 0.32f), ("mouthFunnel", 0.24f), ("mouthLowerDown", 0.2f), ("mouthUpperUp", 0.2f)),
        new("aa", false, ("jawOpen", 0.5f), ("mouthLowerDown", 0.22f), ("mouthUpperUp", 0.28f)),
        new("E", false, ("jawOpen", 0.3f), ("mouthStretch", 0.2f), ("mouthDimple", 0.18f), ("mouthLowerDown", 0.34f), ("mouthUpperUp", 0.3f)),
        new("I", false, ("jawOpen", 0.12f), ("mouthStretch", 0.36f), ("mouthDimple", 0.28f), ("mouthLowerDown", 0.35f), ("mouthUpperUp", 0.22f)),
        new("O", false, ("jawOpen", 0.34f), ("mouthFunnel", 0.42f), ("mouthPucker", 0.36f), ("mouthLowerDown", 0.1f)),
        new("U", false, ("jawOpen", 0.1f), ("mouthPucker", 0.82f), ("mouthFunnel", 0.18f)),
    ];

    /// <summary>Puts a shape onto a face at rest.</summary>
    /// <param name="viseme">The shape.</param>
    /// <param name="channels">The pack's names of the motion channels.</param>
    /// <param name="motion">The face at rest; becomes the face with the shape.</param>
    internal static void Add(Viseme viseme, IReadOnlyList<string> channels, Span<float> motion)
    {
        for (var i = 0; i < channels.Count; i++)
        {
            if (viseme.Closes && channels[i] == "jawOpen")
            {
                motion[i] = 0;
            }

            foreach (var (channel, value) in viseme.Channels)
            {
                if (channels[i] == channel || channels[i] == $"{channel}Left" || channels[i] == $"{channel}Right")
                {
                    motion[i] = Math.Min(1, motion[i] + value);
                }
            }
        }
    }
}
