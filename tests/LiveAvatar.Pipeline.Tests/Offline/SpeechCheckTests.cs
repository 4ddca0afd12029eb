using LiveAvatar.Pipeline.Offline;

namespace LiveAvatar.Pipeline.Tests.Offline;

public class SpeechCheckTests
{
    private const int Rate = 16_000;

    [Fact]
    public void NothingButZeros_IsSilence() =>
        Assert.Equal(SpeechCheck.Verdict.Silence, SpeechCheck.Judge(new float[Rate]));

    [Fact]
    public void EmptyRecording_IsSilence() => Assert.Equal(SpeechCheck.Verdict.Silence, SpeechCheck.Judge([]));

    [Fact]
    public void SteadyTone_IsNotSpeech() =>
        Assert.Equal(SpeechCheck.Verdict.NotSpeech, SpeechCheck.Judge(Make(t => 0.3 * Math.Sin(2 * Math.PI * 440 * t))));

    [Fact]
    public void WhiteNoise_IsNotSpeech()
    {
        var random = new Random(1);
        Assert.Equal(SpeechCheck.Verdict.NotSpeech, SpeechCheck.Judge(Make(_ => random.NextDouble() - 0.5)));
    }

    [Fact]
    public void ToneSwitchedOnAndOff_IsNotSpeech() =>
        Assert.Equal(
            SpeechCheck.Verdict.NotSpeech,
            SpeechCheck.Judge(Make(t => (int)(t * 2) % 2 == 0 ? 0 : 0.3 * Math.Sin(2 * Math.PI * 440 * t))));

    [Fact]
    public void SoundThatRisesAndFallsLikeSyllables_MayBeSpeech() =>
        Assert.Equal(
            SpeechCheck.Verdict.MayBeSpeech,
            SpeechCheck.Judge(Make(t => Math.Pow(Math.Sin(2 * Math.PI * 2 * t), 2) * 0.5 * Math.Sin(2 * Math.PI * 150 * t))));

    private static float[] Make(Func<double, double> at) =>
        [.. Enumerable.Range(0, 3 * Rate).Select(i => (float)at((double)i / Rate))];
}
