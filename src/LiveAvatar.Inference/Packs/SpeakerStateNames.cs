namespace LiveAvatar.Inference.Packs;

/// <summary>The names of a speaker-state vector: three measures, then labels that are emotions of the pack, or none.</summary>
internal static class SpeakerStateNames
{
    internal const string Neutral = "neutral";

    /// <summary>Every vector begins with these: how loud, how lively and how pleased the voice is.</summary>
    internal static readonly string[] Measures = ["energy", "arousal", "valence"];

    internal static string[] Read(JsonPlace place, IReadOnlyList<string> emotions)
    {
        var items = place.Items(Measures.Length, Measures.Length + 1 + emotions.Count);
        var names = ManifestReader.Distinct(items, item => item.Text(64));
        for (var i = 0; i < names.Length; i++)
        {
            if (i < Measures.Length && names[i] != Measures[i])
            {
                throw items[i].Unfit($"\"{Measures[i]}\"");
            }

            if (i >= Measures.Length && names[i] != Neutral && !emotions.Contains(names[i]))
            {
                throw items[i].Unfit("\"neutral\" or one of the pack's emotions");
            }
        }

        return names;
    }
}
