namespace LiveAvatar.Inference.Tests;

[Trait("Category", "unit")]
public class AutomaticEmotionTests
{
    private static readonly string[] Names = ["energy", "arousal", "valence", "neutral", "happy", "angry"];
    private static readonly string[] Emotions = ["angry", "contempt", "happy"];
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(40);

    /// <summary>Each row: seconds of one speaker state (energy, neutral, happy, angry), then the least and most that happy and angry may be at amount 1.</summary>
    [Fact]
    public void CertainVoice_ShowsAfterASentencesBeginningAndFadesInSilence() => Run(
        (0.2, [0.5f, 0, 1, 0], (0, 0), (0, 0)),
        (2.8, [0.5f, 0, 1, 0], (0.8f, 0.95f), (0, 0)),
        (5, [0.5f, 0, 1, 0], (0.97f, 1), (0, 0)),
        (1, [0, 0, 1, 0], (0.5f, 0.7f), (0, 0)),
        (5, [0, 0, 1, 0], (0, 0), (0, 0)));

    [Fact]
    public void PlainVoice_ShowsNothing() => Run(
        (20, [0.5f, 0.9f, 0.05f, 0.05f], (0, 0), (0, 0)),
        (20, [0.5f, 0.4f, AutomaticEmotion.DeadZone, 0.3f], (0, 0), (0, 0)));

    [Fact]
    public void ShareAboveTheDeadZone_ShowsItsExcess() => Run(
        (20, [0.5f, 0.35f, 0.65f, 0], (0.49f, 0.5f), (0, 0)));

    [Fact]
    public void ShortOutburst_HardlyShows() => Run(
        (20, [0.5f, 1, 0, 0], (0, 0), (0, 0)),
        (0.4, [0.9f, 0, 0, 1], (0, 0), (0, 0.05f)));

    [Fact]
    public void SilenceWithALabel_ShowsNothing() => Run(
        (20, [0.1f, 0, 1, 0], (0, 0), (0, 0)));

    [Fact]
    public void ChangeOfMood_CrossesOver() => Run(
        (10, [0.5f, 0, 1, 0], (0.99f, 1), (0, 0)),
        (10, [0.5f, 0, 0, 1], (0, 0), (0.99f, 1)));

    [Fact]
    public void NoStep_MovesStrengthByMoreThanAFewPercent()
    {
        var automatic = new AutomaticEmotion(Names, Emotions, Frame);
        var random = new Random(1);
        float last = 0, largest = 0;
        for (var i = 0; i < 5000; i++)
        {
            var happy = random.Next(2);
            automatic.Hear([random.NextSingle(), 0, 0, 0, happy, 1 - happy]);
            var emotion = new float[3];
            automatic.AddTo(emotion, 1);
            largest = Math.Max(largest, Math.Abs(emotion[2] - last));
            last = emotion[2];
        }

        Assert.InRange(largest, 0.001f, 0.05f);
    }

    [Fact]
    public void Amount_ScalesWhatIsAddedToTheManualEmotion()
    {
        var automatic = Heard(20, [0.5f, 0, 0.65f, 0.35f]);
        Assert.Equal([0, 0.2f, 0.3f], Added([0, 0.2f, 0.3f], 0));
        var half = Added([0, 0.2f, 0.3f], 0.5f);
        Assert.Equal(0.2f, half[1]);
        Assert.InRange(half[2], 0.54f, 0.55f);
        Assert.Equal(1, Added([0, 0, 0.9f], 1)[2]);

        float[] Added(float[] emotion, float amount)
        {
            automatic.AddTo(emotion, amount);
            return emotion;
        }
    }

    [Fact]
    public void Reset_Forgets()
    {
        var automatic = Heard(20, [0.5f, 0, 1, 0]);
        automatic.Reset();
        var emotion = new float[3];
        automatic.AddTo(emotion, 1);
        Assert.Equal([0, 0, 0], emotion);
    }

    [Fact]
    public void PackWithoutSpeakerState_AddsNothing()
    {
        var automatic = new AutomaticEmotion([], Emotions, Frame);
        automatic.Hear([]);
        var emotion = new[] { 0.5f, 0, 0 };
        automatic.AddTo(emotion, 1);
        Assert.Equal([0.5f, 0, 0], emotion);
    }

    private static void Run(params (double Seconds, float[] State, (float Least, float Most) Happy, (float Least, float Most) Angry)[] rows)
    {
        var automatic = new AutomaticEmotion(Names, Emotions, Frame);
        foreach (var row in rows)
        {
            Hear(automatic, row.Seconds, row.State);
            var emotion = new float[3];
            automatic.AddTo(emotion, 1);
            Assert.InRange(emotion[2], row.Happy.Least, row.Happy.Most);
            Assert.InRange(emotion[0], row.Angry.Least, row.Angry.Most);
            Assert.Equal(0, emotion[1]);
        }
    }

    private static AutomaticEmotion Heard(double seconds, float[] state)
    {
        var automatic = new AutomaticEmotion(Names, Emotions, Frame);
        Hear(automatic, seconds, state);
        return automatic;
    }

    private static void Hear(AutomaticEmotion automatic, double seconds, float[] state)
    {
        for (var i = 0; i < seconds / Frame.TotalSeconds; i++)
        {
            automatic.Hear([state[0], 0.5f, 0, state[1], state[2], state[3]]);
        }
    }
}
