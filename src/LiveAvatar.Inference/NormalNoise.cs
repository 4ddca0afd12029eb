using System.Numerics;

namespace LiveAvatar.Inference;

/// <summary>Standard normal numbers from a seed, the same on every platform.</summary>
/// <remarks>
/// xoshiro256** (Blackman and Vigna 2018) seeded through SplitMix64, turned into normal numbers by Marsaglia's polar method.
/// Only operations that IEEE 754 rounds exactly are used: the logarithm of the C library differs between platforms, so it is made here.
/// </remarks>
internal sealed class NormalNoise
{
    private ulong _a, _b, _c, _d;
    private float _spare;
    private bool _hasSpare;

    internal NormalNoise(int seed) => Seed(seed);

    /// <summary>Starts the sequence of a seed anew.</summary>
    internal void Seed(int seed)
    {
        var mixer = (ulong)(uint)seed;
        _a = Mix(ref mixer);
        _b = Mix(ref mixer);
        _c = Mix(ref mixer);
        _d = Mix(ref mixer);
        _hasSpare = false;
    }

    internal void Fill(Span<float> numbers)
    {
        foreach (ref var number in numbers)
        {
            number = Next();
        }
    }

    private float Next()
    {
        if (_hasSpare)
        {
            _hasSpare = false;
            return _spare;
        }

        while (true)
        {
            var u = Symmetric();
            var v = Symmetric();
            var square = (u * u) + (v * v);
            if (square is > 0 and < 1)
            {
                var scale = Math.Sqrt(-2 * Ln(square) / square);
                _spare = (float)(v * scale);
                _hasSpare = true;
                return (float)(u * scale);
            }
        }
    }

    /// <summary>Uniform in [−1, 1) in steps of 2⁻⁵².</summary>
    private double Symmetric() => ((NextBits() >> 11) * (1.0 / (1L << 52))) - 1;

    private ulong NextBits()
    {
        var result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        var shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>Natural logarithm of a positive normal number, within 1e-15.</summary>
    /// <remarks>x = m·2^e with m in [√½, √2); ln m = 2·artanh((m − 1) / (m + 1)) by its series, whose argument is below 0.172.</remarks>
    internal static double Ln(double x)
    {
        const double Ln2 = 0.693147180559945309;
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)((bits >> 52) & 0x7ff) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0xfffffffffffff) | (1023L << 52));
        if (mantissa > 1.4142135623730951)
        {
            mantissa /= 2;
            exponent++;
        }

        var t = (mantissa - 1) / (mantissa + 1);
        var square = t * t;
        var sum = 0.0;
        for (var k = 21; k >= 1; k -= 2)
        {
            sum = (sum * square) + (1.0 / k);
        }

        return (exponent * Ln2) + (2 * t * sum);
    }

    private static ulong Mix(ref ulong state)
    {
        state += 0x9e3779b97f4a7c15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
