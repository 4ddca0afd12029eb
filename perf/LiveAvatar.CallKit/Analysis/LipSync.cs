namespace LiveAvatar.CallKit.Analysis;

/// <summary>How far the picture leads or trails the voice, and how sure that is.</summary>
/// <param name="VideoLeadMs">Positive: the mouth is early (the sound lags). Negative: the mouth is late.</param>
/// <param name="Correlation">Of mouth opening and loudness at that lag, -1…1.</param>
public sealed record LipSyncResult(double VideoLeadMs, double Correlation);

/// <summary>Estimates the offset between what a mouth does and what is heard, by cross-correlation.</summary>
/// <remarks>
/// Mouth opening: <see cref="MouthMotion"/>. Loudness: the fourth root of the energy, near to
/// how loud it sounds. Both on one 10 ms grid, without what changes slower than about 1 s. The lag with the highest
/// correlation, refined by a parabola, is the offset. A frame counts from the moment it is presented. Speech itself is not
/// simultaneous: jaws open some 10 to 40 ms before the vowel is loud, so a perfect renderer shows a small lead.
/// </remarks>
public static class LipSync
{
    private const double StepMs = 10;
    private const int MaxLag = 40; // 400 ms
    private const int TrendWindow = 100; // 1 s
    private const int SmoothWindow = 5; // a frame shows 40 ms of sound

    /// <summary>Estimates the offset over the time both recordings cover.</summary>
    /// <exception cref="CallKitException">They share less than 4 s, or one of them never changes.</exception>
    public static LipSyncResult Estimate(PictureRecording picture, IReadOnlyList<Sample> loudness) =>
        Estimate(MouthMotion.Opening(picture, loudness), loudness);

    /// <summary>Estimates the offset of an opening curve against a loudness curve.</summary>
    public static LipSyncResult Estimate(IReadOnlyList<Sample> opening, IReadOnlyList<Sample> loudness)
    {
        if (opening.Count == 0 || loudness.Count == 0)
        {
            throw new CallKitException("Nothing was recorded.");
        }

        var start = Math.Max(opening[0].Time, loudness[0].Time);
        var end = Math.Min(opening[^1].Time, loudness[^1].Time);
        var count = (int)((end - start) / StepMs);
        if (count < 400)
        {
            throw new CallKitException($"Picture and sound share {Math.Max(0, count) * StepMs:F0} ms; at least 4 s are needed.");
        }

        var mouth = Detrend(Resample(opening, start, count));
        var voice = Detrend(Smooth(Resample([.. loudness.Select(s => s with { Value = Math.Sqrt(s.Value) })], start, count)));
        return Peak(mouth, voice);
    }

    private static LipSyncResult Peak(double[] mouth, double[] voice)
    {
        var correlations = new double[(2 * MaxLag) + 1];
        for (var lag = -MaxLag; lag <= MaxLag; lag++)
        {
            correlations[lag + MaxLag] = Correlate(mouth, voice, lag);
        }

        var best = Array.IndexOf(correlations, correlations.Max());
        var shift = 0.0;
        if (best is > 0 and < 2 * MaxLag)
        {
            var (left, middle, right) = (correlations[best - 1], correlations[best], correlations[best + 1]);
            var curvature = left - (2 * middle) + right;
            shift = curvature < 0 ? 0.5 * (left - right) / curvature : 0;
        }

        return new LipSyncResult((best - MaxLag + shift) * StepMs, correlations[best]);
    }

    // Correlation of the mouth now with the voice `lag` steps later.
    private static double Correlate(double[] mouth, double[] voice, int lag)
    {
        double mv = 0, mm = 0, vv = 0;
        for (var i = Math.Max(0, -lag); i < mouth.Length - Math.Max(0, lag); i++)
        {
            mv += mouth[i] * voice[i + lag];
            mm += mouth[i] * mouth[i];
            vv += voice[i + lag] * voice[i + lag];
        }

        var nothing = 1e-12 * mouth.Length; // what rounding leaves of a constant
        return mm > nothing && vv > nothing
            ? mv / Math.Sqrt(mm * vv)
            : throw new CallKitException(mm > nothing ? "The sound never changes." : "The mouth never moves.");
    }

    private static double[] Resample(IReadOnlyList<Sample> samples, double start, int count)
    {
        var result = new double[count];
        var next = 0;
        for (var i = 0; i < count; i++)
        {
            var time = start + (i * StepMs);
            while (next < samples.Count - 1 && samples[next].Time < time)
            {
                next++;
            }

            var (before, after) = (samples[Math.Max(0, next - 1)], samples[next]);
            var share = after.Time > before.Time ? Math.Clamp((time - before.Time) / (after.Time - before.Time), 0, 1) : 1;
            result[i] = before.Value + ((after.Value - before.Value) * share);
        }

        return result;
    }

    private static double[] Smooth(double[] values) => Average(values, SmoothWindow / 2);

    private static double[] Detrend(double[] values)
    {
        var trend = Average(values, TrendWindow / 2);
        return [.. values.Zip(trend, (value, slow) => value - slow)];
    }

    private static double[] Average(double[] values, int half)
    {
        var result = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var window = values.AsSpan(Math.Max(0, i - half)..Math.Min(values.Length, i + half + 1));
            foreach (var value in window)
            {
                result[i] += value / window.Length;
            }
        }

        return result;
    }
}
