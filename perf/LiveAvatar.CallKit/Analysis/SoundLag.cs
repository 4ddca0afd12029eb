namespace LiveAvatar.CallKit.Analysis;

/// <summary>How much later one page hears what another said, by cross-correlation of their loudness.</summary>
public static class SoundLag
{
    private const double MaxLagMs = 1000;
    private const int LeastBlocks = 400; // 4 s

    /// <summary>Estimates the lag in ms, between 0 and a second; both pages are of one browser, whose clocks differ by their origins.</summary>
    /// <exception cref="CallKitException">The recordings share less than 4 s, or one of them never changes.</exception>
    public static double Estimate(SoundRecording said, SoundRecording heard)
    {
        var origin = said.TimeOrigin;
        var first = Grid(said.ToSamples(), 0, out var firstStart);
        var second = Grid(heard.ToSamples(), heard.TimeOrigin - origin, out var secondStart);
        var shift = (int)Math.Round((secondStart - firstStart) / SoundRecording.BlockMs);
        var steps = (int)(MaxLagMs / SoundRecording.BlockMs);
        var scores = new double[steps];
        for (var lag = 0; lag < steps; lag++)
        {
            scores[lag] = Correlate(first, second, lag - shift);
        }

        var best = Array.IndexOf(scores, scores.Max());
        var part = 0.0;
        if (best > 0 && best < steps - 1)
        {
            var curvature = scores[best - 1] - (2 * scores[best]) + scores[best + 1];
            part = curvature < 0 ? 0.5 * (scores[best - 1] - scores[best + 1]) / curvature : 0;
        }

        return ((best + part) * SoundRecording.BlockMs) + (secondStart - firstStart) - (shift * SoundRecording.BlockMs);
    }

    // Loudness as the ear weighs it, less its mean, one value per block from the first sample on.
    private static double[] Grid(IReadOnlyList<Sample> samples, double offset, out double start)
    {
        if (samples.Count == 0)
        {
            throw new CallKitException("Nothing was recorded.");
        }

        start = samples[0].Time + offset;
        var values = new double[(int)((samples[^1].Time - samples[0].Time) / SoundRecording.BlockMs) + 1];
        foreach (var sample in samples)
        {
            values[(int)((sample.Time - samples[0].Time) / SoundRecording.BlockMs)] = Math.Sqrt(sample.Value);
        }

        var mean = values.Average();
        return [.. values.Select(value => value - mean)];
    }

    // Of what was said with what was heard `lag` blocks later (both counted from their own starts).
    private static double Correlate(double[] said, double[] heard, int lag)
    {
        double sh = 0, ss = 0, hh = 0;
        var count = 0;
        for (var i = Math.Max(0, -lag); i < Math.Min(said.Length, heard.Length - lag); i++, count++)
        {
            sh += said[i] * heard[i + lag];
            ss += said[i] * said[i];
            hh += heard[i + lag] * heard[i + lag];
        }

        return count < LeastBlocks ? throw new CallKitException($"The recordings share {count * SoundRecording.BlockMs:F0} ms; at least 4 s are needed.")
            : ss > 0 && hh > 0 ? sh / Math.Sqrt(ss * hh) : throw new CallKitException("The sound never changes.");
    }
}
