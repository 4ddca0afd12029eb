using LiveAvatar.Quality.Metrics;

namespace LiveAvatar.Quality.Data;

/// <summary>One phone of a labelled voice.</summary>
/// <param name="Start">Seconds.</param>
/// <param name="End">Seconds.</param>
/// <param name="Viseme">Shape of the mouth.</param>
/// <param name="Openness">How far a vowel opens the mouth: 3 open, 2 middle, 1 close, 0 for all else.</param>
/// <param name="Closed">When the lips are together; null when they are not.</param>
internal sealed record Label(double Start, double End, string Viseme, int Openness, Stretch? Closed)
{
    internal bool IsVowel => Viseme is "aa" or "E" or "I" or "O" or "U" && !IsGlide;

    /// <summary>w, j and German ch have a vowel's viseme, but are no vowels.</summary>
    internal bool IsGlide { get; init; }
}
