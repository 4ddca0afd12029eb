namespace LiveAvatar.Quality.Metrics;

/// <summary>Numbers of a group of motion channels over time; the same formulas as models/training/quality/teacher.py.</summary>
internal static class MotionStatistics
{
    /// <summary>Root mean square of the third difference over all channels and frames, times the rate cubed.</summary>
    internal static double Jerk(float[][] motion, IReadOnlyList<int> channels, double rate)
    {
        double sum = 0;
        for (var t = 3; t < motion.Length; t++)
        {
            foreach (var c in channels)
            {
                var third = motion[t][c] - (3.0 * motion[t - 1][c]) + (3.0 * motion[t - 2][c]) - motion[t - 3][c];
                sum += third * third;
            }
        }

        return Math.Sqrt(sum / ((motion.Length - 3) * channels.Count)) * rate * rate * rate;
    }

    /// <summary>Sum over the channels of their variance over time.</summary>
    internal static double Variance(float[][] motion, IReadOnlyList<int> channels) =>
        channels.Sum(channel => Math.Pow(Statistics.Deviation(Channel(motion, channel)), 2));

    /// <summary>Root mean square difference of two motions over channels and frames.</summary>
    internal static double Difference(float[][] a, float[][] b, IReadOnlyList<int> channels)
    {
        double sum = 0;
        var frames = Math.Min(a.Length, b.Length);
        for (var t = 0; t < frames; t++)
        {
            sum += channels.Sum(c => Math.Pow(a[t][c] - b[t][c], 2));
        }

        return Math.Sqrt(sum / (frames * channels.Count));
    }

    /// <summary>One channel over time.</summary>
    internal static double[] Channel(float[][] motion, int channel) => Array.ConvertAll(motion, frame => (double)frame[channel]);
}
