using LiveAvatar.Quality.Data;
using LiveAvatar.Quality.Engine;
using LiveAvatar.Quality.Metrics;

namespace LiveAvatar.Quality.Measures;

/// <summary>Lips against labels, for all recordings of one test set.</summary>
internal sealed class VoiceScore(string set, TeacherNumbers teacher)
{
    private const double Smoothing = 0.04; // seconds on each side: a frame shows 40 ms and lips have mass

    private readonly List<double> _openness = [], _gaps = [];
    private readonly List<Lag> _lags = [];
    private readonly List<double> _lengths = [];
    private readonly SortedDictionary<int, (long Hits, long Heard)> _visemes = [];

    internal string Set { get; } = set;

    internal Closures Closures { get; } = new(teacher.ClosedAperture, teacher.NearSeconds);

    /// <summary>Rank correlation of vowel openness (1…3) and lip aperture in the middle of the vowel.</summary>
    internal double HeightCorrelation => Statistics.Spearman([.. _openness], [.. _gaps]);

    /// <summary>Median aperture of close, middle and open vowels.</summary>
    internal double[] GapByOpenness => [.. Enumerable.Range(1, 3).Select(height => Statistics.Median(_gaps.Where((_, i) => _openness[i] == height)))];

    /// <summary>By how many milliseconds lips come after vowels, mean over the recordings weighted by their length.</summary>
    internal double LagMs => _lags.Zip(_lengths, (lag, length) => lag.Milliseconds * length).Sum() / _lengths.Sum();

    internal double LagCorrelation => _lags.Zip(_lengths, (lag, length) => lag.Correlation * length).Sum() / _lengths.Sum();

    /// <summary>Share of the labelled 20 ms frames whose viseme the features tell, by delay.</summary>
    internal IReadOnlyDictionary<int, double> VisemeAccuracy => _visemes.ToDictionary(pair => pair.Key, pair => (double)pair.Value.Hits / Math.Max(1, pair.Value.Heard));

    internal void Add(Voice voice, double[] aperture, Performance performance, int sampleRate)
    {
        Closures.Add(aperture, performance.Rate, performance.Offset, voice.Closures, voice.Silences(sampleRate));
        foreach (var vowel in voice.Labels.Where(label => label.Openness > 0))
        {
            _openness.Add(vowel.Openness);
            _gaps.Add(At(aperture, performance, (vowel.Start + vowel.End) / 2));
        }

        _lags.Add(VowelLag(voice, aperture, performance));
        _lengths.Add(voice.Samples.Length);
    }

    /// <summary>Counts what the viseme head reads from the features, over the labelled time, at every delay it has.</summary>
    internal void AddVisemes(Voice voice, Performance performance, VisemeHead head, int featuresPerFrame, int lateFrames)
    {
        var length = 1 / (performance.Rate * featuresPerFrame);
        foreach (var delay in head.Delays)
        {
            var (hits, heard) = _visemes.GetValueOrDefault(delay);
            for (int i = 0, label = 0; i < performance.Features.Length * featuresPerFrame; i++)
            {
                var tells = (i + (lateFrames * featuresPerFrame) - delay + 0.5) * length;
                while (label < voice.Labels.Count && voice.Labels[label].End <= tells)
                {
                    label++;
                }

                if (label < voice.Labels.Count && voice.Labels[label].Start <= tells)
                {
                    heard++;
                    hits += head.Classify(performance.Features[i / featuresPerFrame].AsSpan(i % featuresPerFrame * head.Features, head.Features), delay) == voice.Labels[label].Viseme ? 1 : 0;
                }
            }

            _visemes[delay] = (hits, heard);
        }
    }

    /// <summary>Lag of an aperture curve behind the voice's vowels.</summary>
    internal static Lag VowelLag(Voice voice, double[] aperture, Performance performance) =>
        LagEstimator.Estimate(aperture, performance.TimeOf, time => Opening(voice, time));

    /// <summary>How open the vowels around a moment are, smoothed by a box: 1 an open vowel, 0 none.</summary>
    internal static double Opening(Voice voice, double time)
    {
        double sum = 0;
        for (var i = FirstAfter(voice.Labels, time - Smoothing); i < voice.Labels.Count && voice.Labels[i].Start < time + Smoothing; i++)
        {
            var label = voice.Labels[i];
            var weight = label.Openness > 0 ? label.Openness / 3.0 : label.IsVowel ? 0.5 : 0;
            sum += weight * Math.Max(0, Math.Min(label.End, time + Smoothing) - Math.Max(label.Start, time - Smoothing));
        }

        return sum / (2 * Smoothing);
    }

    // The first label that ends after a time, by bisection: the estimator asks some hundred thousand times.
    private static int FirstAfter(IReadOnlyList<Label> labels, double time)
    {
        var (low, high) = (0, labels.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = labels[middle].End > time ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private static double At(double[] values, Performance performance, double time)
    {
        var place = Math.Clamp(((time - performance.Offset) * performance.Rate) - 0.5, 0, values.Length - 1);
        var before = (int)place;
        var after = Math.Min(before + 1, values.Length - 1);
        return values[before] + ((values[after] - values[before]) * (place - before));
    }
}
