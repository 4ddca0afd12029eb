namespace LiveAvatar.Media.Audio;

/// <summary>Converts a stream of samples to another rate with a polyphase low-pass filter.</summary>
/// <remarks>
/// <code>
/// in ──▶ ↑ L ──▶ low-pass h ──▶ ↓ M ──▶ out        out rate / in rate = L / M
/// out[n] = Σk in[i - k] · h[p + k·L],   i = ⌊n·M / L⌋,   p = n·M mod L
/// </code>
/// h is a sinc cut by a Kaiser window: flat to 7/8 of the narrower side's half rate, 70 dB down from 9/8 of it. What lies
/// between can fold only into the top eighth, which a 16 kHz speech model hardly uses; asking for more would cost delay.
/// Output depends on the input alone, not on how it is cut into blocks. Allocates nothing after construction.
/// </remarks>
public sealed class Resampler
{
    private const double StopBandDecibels = 70;
    private const int BlockLength = 960;

    private readonly int _up;
    private readonly int _down;
    private readonly int _taps; // per phase
    private readonly float[] _phases; // [phase][tap], taps reversed so that a window of input is read forwards
    private readonly float[] _window; // _taps - 1 samples of history, then up to BlockLength new ones
    private int _phase;
    private int _skip; // new samples to pass before the next output's newest one

    /// <summary>Makes a converter that has heard silence so far.</summary>
    /// <param name="inputRate">Samples per second in, 8000..192000.</param>
    /// <param name="outputRate">Samples per second out, 8000..192000.</param>
    public Resampler(int inputRate = 48_000, int outputRate = 16_000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputRate, 8_000);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(inputRate, 192_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputRate, 8_000);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(outputRate, 192_000);
        var divisor = (int)System.Numerics.BigInteger.GreatestCommonDivisor(inputRate, outputRate);
        _up = outputRate / divisor;
        _down = inputRate / divisor;
        InputRate = inputRate;
        OutputRate = outputRate;

        var filter = inputRate == outputRate
            ? [1.0]
            : LowPassFilter.Design((double)inputRate * _up, Math.Min(inputRate, outputRate) / 2.0, 0.25, StopBandDecibels, _down);
        DelaySamples = (filter.Length - 1) / 2.0 / _up;
        DelaySamplesOut = (filter.Length - 1) / 2 / _down;
        _taps = (filter.Length + _up - 1) / _up;
        _phases = new float[_up * _taps];
        for (var i = 0; i < filter.Length; i++)
        {
            _phases[(i % _up * _taps) + (_taps - 1 - (i / _up))] = (float)(filter[i] * _up);
        }

        _window = new float[_taps - 1 + BlockLength];
    }

    /// <summary>Samples per second in.</summary>
    public int InputRate { get; }

    /// <summary>Samples per second out.</summary>
    public int OutputRate { get; }

    /// <summary>How far the output lies behind the input, in input samples: 54, or 1.1 ms, from 48 to 16 kHz.</summary>
    public double DelaySamples { get; }

    /// <summary>How far the output lies behind the input, in output samples: always a whole number.</summary>
    public int DelaySamplesOut { get; }

    /// <summary>Converts a whole recording; sample n of the result lies at n / <paramref name="outputRate"/>, without delay.</summary>
    /// <returns>As many samples as fit the recording's duration, rounded up.</returns>
    public static float[] Convert(ReadOnlySpan<float> recording, int inputRate, int outputRate)
    {
        var resampler = new Resampler(inputRate, outputRate);
        var wanted = (int)((((long)recording.Length * resampler._up) + resampler._down - 1) / resampler._down);
        var delayed = new float[resampler.DelaySamplesOut + resampler.MaxOutput(recording.Length) + resampler.MaxDrain];
        var written = resampler.Process(recording, delayed);
        resampler.Drain(delayed.AsSpan(written));
        return delayed.AsSpan(resampler.DelaySamplesOut, wanted).ToArray();
    }

    /// <summary>The most samples <paramref name="inputLength"/> samples can give.</summary>
    public int MaxOutput(int inputLength) => (int)(((long)inputLength * _up / _down) + 1);

    /// <summary>The most samples <see cref="Drain"/> can give.</summary>
    public int MaxDrain => MaxOutput(DrainInput);

    /// <summary>Takes a block of any length and writes all samples it completes; returns how many.</summary>
    /// <exception cref="ArgumentException">The output is shorter than <see cref="MaxOutput"/>; nothing was taken.</exception>
    public int Process(ReadOnlySpan<float> input, Span<float> output)
    {
        if (output.Length < MaxOutput(input.Length))
        {
            throw new ArgumentException("The output is too short for what this block can give.", nameof(output));
        }

        var written = 0;
        while (!input.IsEmpty)
        {
            var length = Math.Min(input.Length, BlockLength);
            input[..length].CopyTo(_window.AsSpan(_taps - 1));
            written += Filter(length, output[written..]);
            _window.AsSpan(length, _taps - 1).CopyTo(_window);
            input = input[length..];
        }

        return written;
    }

    /// <summary>Feeds the silence that brings out the last samples of a finished stream; returns how many were written.</summary>
    /// <exception cref="ArgumentException">The output is shorter than <see cref="MaxDrain"/>.</exception>
    public int Drain(Span<float> output)
    {
        Span<float> silence = stackalloc float[BlockLength];
        silence.Clear();
        var left = DrainInput;
        var written = 0;
        while (left > 0)
        {
            var length = Math.Min(left, BlockLength);
            written += Process(silence[..length], output[written..]);
            left -= length;
        }

        return written;
    }

    /// <summary>Forgets what it heard.</summary>
    public void Reset()
    {
        Array.Clear(_window);
        _phase = 0;
        _skip = 0;
    }

    private int DrainInput => (int)Math.Ceiling(DelaySamples);

    private int Filter(int length, Span<float> output)
    {
        var written = 0;
        var at = _skip;
        while (at < length)
        {
            output[written++] = Dot(_window.AsSpan(at, _taps), _phases.AsSpan(_phase * _taps, _taps));
            _phase += _down;
            at += Math.DivRem(_phase, _up, out _phase);
        }

        _skip = at - length;
        return written;
    }

    private static float Dot(ReadOnlySpan<float> samples, ReadOnlySpan<float> taps)
    {
        var sum = 0f;
        for (var i = 0; i < taps.Length; i++)
        {
            sum += samples[i] * taps[i];
        }

        return sum;
    }
}
