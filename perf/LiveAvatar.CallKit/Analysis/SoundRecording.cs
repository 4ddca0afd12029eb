namespace LiveAvatar.CallKit.Analysis;

/// <summary>The loudness of a stream over time, as the probe hands it over.</summary>
public sealed class SoundRecording
{
    /// <summary>Length of one value.</summary>
    public const double BlockMs = 10;

    /// <summary>Runs of values that follow each other.</summary>
    public IReadOnlyList<SoundBatch> Batches { get; init; } = [];

    /// <summary>Readings of the audio context's time (s) and performance.now() (ms).</summary>
    public IReadOnlyList<double[]> Clock { get; init; } = [];

    /// <summary>performance.timeOrigin: Unix ms at performance.now() = 0.</summary>
    public double TimeOrigin { get; init; }

    /// <summary>What to add to the audio context's time in ms to get performance.now().</summary>
    /// <exception cref="CallKitException">Nothing was recorded.</exception>
    public double ClockOffsetMs => Clock.Count > 0
        ? Percentiles.Of(Clock.Select(pair => pair[1] - (pair[0] * 1000))).P50
        : throw new CallKitException("The page's audio context gave no time: it did not run.");

    /// <summary>The values on the page's clock: middle of the block in ms, and its root mean square 0…1.</summary>
    public IReadOnlyList<Sample> ToSamples()
    {
        var offset = ClockOffsetMs + (BlockMs / 2);
        return
        [
            .. Batches.SelectMany(batch => batch.Values.Select(
                (value, i) => new Sample((batch.Start * 1000) + (i * BlockMs) + offset, value))),
        ];
    }
}

/// <summary>Ten values of 10 ms.</summary>
/// <param name="Start">Audio context time of the first, s.</param>
/// <param name="Values">Root mean squares.</param>
public sealed record SoundBatch(double Start, double[] Values);

/// <summary>A value at a time.</summary>
/// <param name="Time">performance.now() in ms.</param>
/// <param name="Value">The value.</param>
public readonly record struct Sample(double Time, double Value);
