using LiveAvatar.Quality.Metrics;

namespace LiveAvatar.Quality.Data;

/// <summary>One held-out recording.</summary>
/// <param name="Name">Its file name without suffix.</param>
/// <param name="Kind">synthesizer, human (both with timed labels) or transcript.</param>
/// <param name="Set">The test set it belongs to.</param>
/// <param name="Source">Where it comes from, for the report.</param>
/// <param name="Samples">Mono at the pack's rate.</param>
/// <param name="Labels">Phones in order; empty without times.</param>
/// <param name="Utterances">Where each utterance lies and its visemes in order, for recordings without times.</param>
internal sealed record Voice(string Name, string Kind, string Set, string Source, float[] Samples, IReadOnlyList<Label> Labels, IReadOnlyList<Utterance> Utterances)
{
    private const double LeastGap = 0.02; // seconds without a label that count as silence

    internal const string Synthesizer = "synthesizer", Human = "human", Transcript = "transcript";

    /// <summary>When the lips should be together.</summary>
    internal IReadOnlyList<Stretch> Closures => [.. Labels.Select(label => label.Closed).OfType<Stretch>()];

    /// <summary>When nobody speaks: labelled silence, and what lies between labels.</summary>
    internal IReadOnlyList<Stretch> Silences(int sampleRate)
    {
        var silences = Labels.Where(label => label.Viseme == "sil").Select(label => new Stretch(label.Start, label.End)).ToList();
        var last = 0.0;
        foreach (var label in Labels)
        {
            if (label.Start - last > LeastGap)
            {
                silences.Add(new Stretch(last, label.Start));
            }

            last = label.End;
        }

        silences.Add(new Stretch(last, (double)Samples.Length / sampleRate));
        return silences;
    }

    /// <summary>The first seconds of it.</summary>
    internal Voice Cut(double seconds, int sampleRate) => this with
    {
        Samples = Samples[..Math.Min(Samples.Length, (int)(seconds * sampleRate))],
        Labels = [.. Labels.Where(label => label.End <= seconds)],
        Utterances = [.. Utterances.Where(utterance => utterance.End <= seconds)],
    };
}

/// <summary>One utterance without times inside.</summary>
/// <param name="Start">Seconds.</param>
/// <param name="End">Seconds.</param>
/// <param name="Visemes">What is said.</param>
internal sealed record Utterance(double Start, double End, IReadOnlyList<string> Visemes);
