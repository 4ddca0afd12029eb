namespace LiveAvatar.Quality.Metrics;

/// <summary>Jumps of the gaze.</summary>
internal static class Saccades
{
    private const double Least = 0.02; // of the eyeLook range per frame: about half a degree, above sway and noise

    /// <summary>Jumps per second: runs of frames in which the gaze moves faster than drift does.</summary>
    /// <param name="x">Gaze to the side per frame, in units of the eyeLook coefficients.</param>
    /// <param name="y">Gaze upwards.</param>
    /// <param name="rate">Frames per second.</param>
    internal static double PerSecond(double[] x, double[] y, double rate)
    {
        var jumps = new bool[x.Length];
        for (var i = 1; i < x.Length; i++)
        {
            jumps[i] = Math.Sqrt(Math.Pow(x[i] - x[i - 1], 2) + Math.Pow(y[i] - y[i - 1], 2)) > Least;
        }

        return Runs.Of(jumps).Count * rate / x.Length;
    }
}
