namespace LiveAvatar.Media.Audio;

/// <summary>Designs linear-phase low-pass filters by the Kaiser window method (Kaiser and Schafer, 1980).</summary>
internal static class LowPassFilter
{
    /// <summary>An odd, symmetric impulse response with sum 1.</summary>
    /// <param name="sampleRate">Rate the filter runs at, Hz.</param>
    /// <param name="cutoff">Where the gain is one half, Hz.</param>
    /// <param name="transition">Width from pass band to stop band, as a share of the cutoff.</param>
    /// <param name="stopBandDecibels">Attenuation in the stop band, above 50.</param>
    /// <param name="delayStep">The filter's delay is made a multiple of this many samples.</param>
    public static double[] Design(double sampleRate, double cutoff, double transition, double stopBandDecibels, int delayStep)
    {
        var order = (int)Math.Ceiling((stopBandDecibels - 7.95) * sampleRate / (14.36 * transition * cutoff));
        var half = (((order + 1) / 2) + delayStep - 1) / delayStep * delayStep;
        var beta = 0.1102 * (stopBandDecibels - 8.7);
        var taps = new double[(2 * half) + 1];
        var sum = 0.0;
        for (var i = 0; i < taps.Length; i++)
        {
            var offset = i - half;
            var x = 2 * cutoff / sampleRate * offset;
            var sinc = offset == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);
            var edge = (double)offset / half;
            taps[i] = sinc * BesselI0(beta * Math.Sqrt(Math.Max(0, 1 - (edge * edge)))) / BesselI0(beta);
            sum += taps[i];
        }

        for (var i = 0; i < taps.Length; i++)
        {
            taps[i] /= sum;
        }

        return taps;
    }

    // Modified Bessel function of the first kind, order 0, by its power series.
    private static double BesselI0(double x)
    {
        var term = 1.0;
        var sum = 1.0;
        for (var k = 1; term > sum * 1e-17; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }

        return sum;
    }
}
