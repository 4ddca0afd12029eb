using FsCheck;
using FsCheck.Fluent;
using LiveAvatar.Media.Audio;

namespace LiveAvatar.Media.Tests.Audio;

[Trait("category", "unit")]
public class ResamplerTests
{
    private const double PassBandTolerance = 1e-3; // the window's ripple is 3e-4 (70 dB)
    private const double StopBandTolerance = 5e-4; // -66 dB

    public static TheoryData<int, int, double> InPassBand()
    {
        var rows = new TheoryData<int, int, double>();
        foreach (var input in new[] { 8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000 })
        {
            foreach (var share in new[] { 0.0125, 0.2, 0.5, 0.86 })
            {
                rows.Add(input, 16_000, share * Math.Min(input, 16_000) / 2);
            }
        }

        rows.Add(16_000, 48_000, 6_800);
        return rows;
    }

    [Theory, MemberData(nameof(InPassBand))]
    public void SineInThePassBand_IsTheDelayedSine(int input, int output, double frequency)
    {
        var resampler = new Resampler(input, output);
        var result = Convert(resampler, Sine(frequency, input, input / 2));
        var delay = resampler.DelaySamples / input;
        var settled = (int)Math.Ceiling(2 * delay * output) + 1;
        for (var n = settled; n < result.Length; n++)
        {
            var expected = Math.Sin(2 * Math.PI * frequency * (((double)n / output) - delay));
            Assert.Equal(expected, result[n], PassBandTolerance);
        }
    }

    [Theory]
    [InlineData(48_000, 9_000)]
    [InlineData(48_000, 10_500)]
    [InlineData(48_000, 15_900)] // would fold to 100 Hz
    [InlineData(48_000, 23_000)]
    [InlineData(44_100, 9_200)]
    [InlineData(44_100, 17_000)]
    [InlineData(24_000, 9_500)]
    public void SineInTheStopBand_Vanishes(int input, double frequency)
    {
        var resampler = new Resampler(input, 16_000);
        var result = Convert(resampler, Sine(frequency, input, input / 2));
        var settled = (int)Math.Ceiling(2 * resampler.DelaySamples * 16_000 / input) + 1;
        Assert.All(result[settled..], sample => Assert.Equal(0, sample, StopBandTolerance));
    }

    [Fact]
    public void SineAt8k_LeavesNoImage()
    {
        // 3 kHz at 8 kHz in: its image at 5 kHz must not be in the 16 kHz output. The difference to the pure sine is all there is.
        var resampler = new Resampler(8_000, 16_000);
        var result = Convert(resampler, Sine(3_000, 8_000, 8_000));
        var delay = resampler.DelaySamples / 8_000;
        var worst = Enumerable.Range(200, result.Length - 200)
            .Max(n => Math.Abs(result[n] - Math.Sin(2 * Math.PI * 3_000 * ((n / 16_000.0) - delay))));
        Assert.InRange(worst, 0, PassBandTolerance);
    }

    [Fact]
    public void Constant_KeepsItsLevel()
    {
        foreach (var input in new[] { 8_000, 24_000, 44_100, 48_000 })
        {
            var result = Convert(new Resampler(input), Enumerable.Repeat(0.5f, input).ToArray());
            Assert.All(result[1000..], sample => Assert.Equal(0.5, sample, 5e-4));
        }
    }

    [Fact]
    public void EqualRates_PassThroughUnchanged()
    {
        var resampler = new Resampler(16_000, 16_000);
        var input = Noise(5_000);
        Assert.Equal(input, Convert(resampler, input));
        Assert.Equal(0, resampler.DelaySamples);
    }

    [Fact]
    public void VoicePath_PaysAMillisecond()
    {
        var resampler = new Resampler(48_000, 16_000);
        Assert.Equal((54, 18), (resampler.DelaySamples, resampler.DelaySamplesOut));
    }

    [Theory]
    [InlineData(48_000)]
    [InlineData(44_100)]
    [InlineData(22_050)]
    [InlineData(8_000)]
    public void AnySplitIntoBlocks_GivesTheSameSamples(int rate)
    {
        var input = Noise(9_000);
        var whole = Convert(new Resampler(rate), input);
        Prop.ForAll<int>(seed =>
        {
            var random = new Random(seed);
            var resampler = new Resampler(rate);
            var output = new float[resampler.MaxOutput(input.Length) + 1];
            var (at, written) = (0, 0);
            while (at < input.Length)
            {
                var length = Math.Min(random.Next(4) switch { 0 => random.Next(3), 1 => random.Next(2_500), _ => random.Next(500) }, input.Length - at);
                written += resampler.Process(input.AsSpan(at, length), output.AsSpan(written));
                at += length;
            }

            return output.AsSpan(0, written).SequenceEqual(whole);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void SampleCount_FollowsTheRates()
    {
        Assert.Equal(16_000, Convert(new Resampler(48_000), new float[48_000]).Length);
        Assert.Equal(160, Convert(new Resampler(48_000), new float[480]).Length);
        Assert.Equal(16_000 * 3, Convert(new Resampler(44_100), new float[44_100 * 3]).Length);
        Assert.Equal(32_000, Convert(new Resampler(8_000), new float[16_000]).Length);
        Assert.Equal(334, Convert(new Resampler(48_000), new float[1_000]).Length); // places 0, 3, ..., 999
    }

    [Fact]
    public void FortyHours_NeitherDriftNorOverflow()
    {
        // 44.1 kHz has the longest cycle of phases; count outputs of whole seconds without hearing them all.
        var resampler = new Resampler(44_100, 8_000);
        var second = new float[44_100];
        var output = new float[resampler.MaxOutput(second.Length)];
        for (var n = 0; n < 60; n++)
        {
            Assert.Equal(8_000, resampler.Process(second, output));
        }
    }

    [Theory]
    [InlineData(8_000, 16_000)]
    [InlineData(11_025, 16_000)]
    [InlineData(44_100, 16_000)]
    [InlineData(47_999, 16_000)] // rates without a common divisor are the longest filters
    [InlineData(96_000, 16_000)]
    [InlineData(44_100, 48_000)]
    [InlineData(16_000, 16_000)]
    public void WholeRecording_IsConvertedWithoutDelay(int input, int output)
    {
        var result = Resampler.Convert(Sine(500, input, (input / 2) + 1), input, output);
        Assert.Equal((int)Math.Ceiling(((input / 2) + 1) * (double)output / input), result.Length);
        for (var n = output / 50; n < result.Length - (output / 50); n++)
        {
            Assert.Equal(Math.Sin(2 * Math.PI * 500 * n / output), result[n], PassBandTolerance);
        }
    }

    [Fact]
    public void EmptyRecording_StaysEmpty() => Assert.Empty(Resampler.Convert([], 44_100, 16_000));

    [Fact]
    public void Drain_BringsOutTheLastSamples()
    {
        var resampler = new Resampler();
        var input = new float[4_800];
        input[4_797] = 1; // an impulse just before the end, where an output sample falls
        var output = new float[resampler.MaxOutput(4_800) + resampler.MaxDrain];
        var written = resampler.Process(input, output);
        Assert.InRange(output.Take(written).Max(), 0, 0.05);
        var drained = resampler.Drain(output.AsSpan(written));
        Assert.InRange(output.Skip(written).Take(drained).Max(), 0.33, 0.34); // the peak of h is the share of the band that passes
    }

    [Fact]
    public void Reset_ForgetsEverything()
    {
        var resampler = new Resampler(44_100);
        var input = Noise(1_234);
        var first = Convert(resampler, input);
        resampler.Reset();
        Assert.Equal(first, Convert(resampler, input));
    }

    [Fact]
    public void TooShortOutput_TakesNothing()
    {
        var resampler = new Resampler();
        Assert.Throws<ArgumentException>(() => resampler.Process(new float[480], new float[160]));
        Assert.Equal(161, resampler.MaxOutput(480));
    }

    [Fact]
    public void Processing_AllocatesNothing()
    {
        var resampler = new Resampler();
        var input = Noise(480);
        var output = new float[resampler.MaxOutput(480)];
        Allocation.AssertNone(() => resampler.Process(input, output));
    }

    private static float[] Convert(Resampler resampler, float[] input)
    {
        var output = new float[resampler.MaxOutput(input.Length)];
        return output[..resampler.Process(input, output)];
    }

    private static float[] Sine(double frequency, int rate, int length) =>
        Enumerable.Range(0, length).Select(n => (float)Math.Sin(2 * Math.PI * frequency * n / rate)).ToArray();

    private static float[] Noise(int length)
    {
        var random = new Random(9);
        return Enumerable.Range(0, length).Select(_ => (float)((2 * random.NextDouble()) - 1)).ToArray();
    }
}
