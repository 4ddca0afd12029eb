namespace LiveAvatar.Pipeline.Offline;

/// <summary>Puts named strengths of emotions into a pack's order.</summary>
internal static class EmotionVector
{
    /// <exception cref="RenderException">A name is not one of the pack's.</exception>
    public static float[] Of(IReadOnlyDictionary<string, float>? named, IReadOnlyList<string> emotions)
    {
        if (named?.Keys.FirstOrDefault(name => !emotions.Contains(name)) is { } unknown)
        {
            throw new RenderException($"The pack has no emotion '{unknown}'. It has: {string.Join(", ", emotions)}.");
        }

        return [.. emotions.Select(name => named?.GetValueOrDefault(name) ?? 0)];
    }
}
