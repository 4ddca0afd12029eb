using LiveAvatar.Quality.Data;
using LiveAvatar.Quality.Engine;

namespace LiveAvatar.Quality.Measures;

/// <summary>What every measure works with.</summary>
/// <param name="Bench">The pack as a call runs it.</param>
/// <param name="Voices">The held-out recordings.</param>
/// <param name="Teacher">What the teacher does on them.</param>
/// <param name="Channels">Motion channels by what they move.</param>
/// <param name="Vectors">Folder tests/vectors.</param>
/// <param name="Smoke">True to measure little and fast, for tests of the command itself.</param>
/// <param name="Progress">Is told what is going on.</param>
internal sealed record Setting(
    Bench Bench, IReadOnlyList<Voice> Voices, TeacherNumbers Teacher, Channels Channels, string Vectors, bool Smoke, Action<string> Progress)
{
    internal int SampleRate => Bench.Manifest.Audio.SampleRate;

    internal string QualityVectors => Path.Combine(Vectors, "quality");

    internal IEnumerable<Voice> Timed => Voices.Where(voice => voice.Labels.Count > 0);

    internal Voice Synthesizer => Voices.First(voice => voice.Kind == Voice.Synthesizer);

    /// <summary>Frames by which the engine lies behind the sound.</summary>
    internal int LateFrames => (Bench.Manifest.Audio.LookAheadSamples + Bench.Manifest.Audio.ChunkSamples - 1) / Bench.Manifest.Audio.ChunkSamples;

    /// <summary>Does something with each item on all cores and keeps the order.</summary>
    internal static TResult[] Each<TItem, TResult>(IReadOnlyList<TItem> items, Func<TItem, TResult> work)
    {
        var results = new TResult[items.Count];
        Parallel.For(0, items.Count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i => results[i] = work(items[i]));
        return results;
    }
}
