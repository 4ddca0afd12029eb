namespace LiveAvatar.Quality.Metrics;

/// <summary>The blinks of a lid curve: when, how long, how regular.</summary>
/// <remarks>A blink is a rise above <see cref="Shut"/>; it lasts from where the lid passes <see cref="Half"/> of that on the way down to where it passes it on the way up.</remarks>
internal sealed class Blinks
{
    private const double Shut = 0.5; // of a closed lid
    private const double Half = 0.25;

    private Blinks(List<double> starts, List<double> durations, double seconds)
    {
        (Starts, Durations, Seconds) = (starts, durations, seconds);
    }

    /// <summary>Seconds at which each begins.</summary>
    internal IReadOnlyList<double> Starts { get; }

    /// <summary>Seconds that each lasts.</summary>
    internal IReadOnlyList<double> Durations { get; }

    internal double Seconds { get; }

    internal double PerSecond => Starts.Count / Seconds;

    /// <summary>Deviation of the times between blinks as a share of their mean: 0 for a metronome, 1 for pure chance.</summary>
    internal double IntervalVariation
    {
        get
        {
            double[] intervals = [.. Starts.Zip(Starts.Skip(1), (a, b) => b - a)];
            return intervals.Length < 2 ? double.NaN : Statistics.Deviation(intervals) / Statistics.Mean(intervals);
        }
    }

    /// <summary>Finds the blinks.</summary>
    /// <param name="lids">0 open, 1 closed, per frame.</param>
    /// <param name="rate">Frames per second.</param>
    internal static Blinks Find(double[] lids, double rate)
    {
        var (starts, durations) = (new List<double>(), new List<double>());
        foreach (var (first, end) in Runs.Of(Array.ConvertAll(lids, lid => lid > Half)))
        {
            if (first == 0 || end == lids.Length || lids[first..end].Max() <= Shut)
            {
                continue;
            }

            var start = first - ((lids[first] - Half) / (lids[first] - lids[first - 1]));
            var stop = end - 1 + ((lids[end - 1] - Half) / (lids[end - 1] - lids[end]));
            starts.Add(start / rate);
            durations.Add((stop - start) / rate);
        }

        return new Blinks(starts, durations, lids.Length / rate);
    }
}
