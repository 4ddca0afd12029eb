using LiveAvatar.Inference;
using LiveAvatar.Pipeline.Control;

namespace LiveAvatar.Pipeline.Tests.Control;

public sealed class FaceControlTests : IDisposable
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(40);
    private static readonly Transition FourFrames = new(4 * Frame, Easing.Linear);

    private readonly InferenceEngine _engine = TinyEngine.Create();
    private readonly AvatarStream _stream;
    private readonly FaceControl _control = new(emotions: 7, automaticEmotion: 0.5f);

    public FaceControlTests() => _stream = _engine.CreateStream(_engine.Avatars[0].Name, seed: 1);

    public void Dispose()
    {
        _stream.Dispose();
        _engine.Dispose();
    }

    [Fact]
    public void NothingAsked_TheFaceIsLeftToTheModels()
    {
        Play(1);
        var steering = _control.Steering;
        Assert.Equal(new float[7], steering.Emotion.ToArray());
        Assert.Equal((0f, 0.5f, default(EyeSteering)), (steering.PoseWeight, steering.AutomaticEmotion, steering.Eyes));
    }

    [Fact]
    public async Task Emotion_MovesFromItsFirstFrameOn()
    {
        Play(10);
        var command = Offer(new EmotionCommand([0, 0, 0, 0, 0.8f], FourFrames));
        var shown = new List<float>();
        for (var i = 11; i <= 16; i++)
        {
            Play(i);
            shown.Add(_control.Steering.Emotion[4]);
        }

        Assert.Equal(11 * Frame, (await command.Applied).MediaTime);
        Assert.Equal(new[] { 0.2f, 0.4f, 0.6f, 0.8f, 0.8f, 0.8f }, shown, (a, b) => Math.Abs(a - b) < 1e-6f);
    }

    [Fact]
    public void Pose_IsInPlaceBeforeItsWeightGrows()
    {
        Play(1);
        Offer(new PoseCommand([0.2f, 0, 0, 0, 0, 0], 1, FourFrames));
        Play(2);
        Assert.Equal((0.2f, 0.25f), (_control.Steering.Pose[0], _control.Steering.PoseWeight));
        Play(6);
        Offer(new PoseCommand([0.4f, 0, 0, 0, 0, 0], 1, FourFrames));
        Play(7);
        Assert.Equal(0.25f, _control.Steering.Pose[0], 1e-6f);
        Offer(new PoseCommand([], 0, FourFrames));
        Play(8);
        Assert.Equal(0.3f, _control.Steering.Pose[0], 1e-6f); // given back from where it is, not by way of straight ahead
        Assert.Equal(0.75f, _control.Steering.PoseWeight, 1e-6f);
    }

    [Fact]
    public void Neutral_TakesBackWhatWasAskedAndLeavesTheVoice()
    {
        Offer(new EmotionCommand([1], default));
        Offer(new PoseCommand([0.2f], 1, default));
        Offer(new GazeCommand(1, 1, 1, default));
        Offer(new AutomaticEmotionCommand(0.25f, default));
        Play(1);
        Assert.Equal((1f, 1f, 1f), (_control.Steering.Emotion[0], _control.Steering.PoseWeight, _control.Steering.Eyes.Weight));
        Offer(new NeutralCommand(default));
        Play(2);
        Assert.Equal((0f, 0f, 0f), (_control.Steering.Emotion[0], _control.Steering.PoseWeight, _control.Steering.Eyes.Weight));
        Assert.Equal(0.25f, _control.Steering.AutomaticEmotion);
    }

    [Fact]
    public async Task TimedCommand_WaitsForItsFrame()
    {
        Play(1);
        var command = Offer(new BlinkCommand { At = (2 * Frame) + TimeSpan.FromMilliseconds(1) });
        Play(2);
        Assert.False(command.Applied.IsCompleted);
        Play(3);
        Assert.Equal(new FaceEffect(3, 3 * Frame), await command.Applied);
        Assert.Equal(0.5f, _control.Steering.Eyes.Blink);
    }

    [Fact]
    public void PastCommand_IsRefused()
    {
        Play(5);
        Assert.Equal(OfferResult.Past, _control.Offer(new BlinkCommand { At = 5 * Frame }));
        Assert.Equal(OfferResult.Taken, _control.Offer(new BlinkCommand { At = (5 * Frame) + TimeSpan.FromTicks(1) }));
    }

    [Fact]
    public void TooManyWaiting_AreRefusedUntilSomeHaveTakenEffect()
    {
        for (var i = 0; i < FaceControl.Capacity; i++)
        {
            Assert.Equal(OfferResult.Taken, _control.Offer(new BlinkCommand { At = i % 2 == 0 ? null : TimeSpan.FromHours(1) }));
        }

        Assert.Equal(OfferResult.Full, _control.Offer(new BlinkCommand()));
        Play(1);
        Assert.Equal(OfferResult.Taken, _control.Offer(new BlinkCommand()));
    }

    [Fact]
    public void Close_TellsThoseWhoWait()
    {
        var command = Offer(new BlinkCommand());
        _control.Close();
        Assert.IsType<SessionEndedException>(command.Applied.Exception?.InnerException);
        Assert.Equal(OfferResult.Ended, _control.Offer(new BlinkCommand()));
    }

    [Fact]
    public void SlowMotionReader_LosesTheOldestAndKnows()
    {
        var feed = new MotionFeed(channels: 58, emotions: 7);
        using var reader = feed.Subscribe();
        for (var i = 1; i <= 10; i++)
        {
            feed.Publish(new FaceEffect(i, i * Frame), new float[58], new float[7]);
        }

        Assert.Equal(2, reader.Lost);
        Assert.True(reader.TryTake(out var frame));
        Assert.Equal(3, frame.Frame);
    }

    [Fact]
    public async Task ClosedFeed_EndsItsReadersAndTakesNoMore()
    {
        var feed = new MotionFeed(channels: 58, emotions: 7);
        using var reader = feed.Subscribe();
        feed.Close();
        Assert.False(await reader.WaitAsync(TestContext.Current.CancellationToken));
        Assert.Throws<SessionEndedException>(feed.Subscribe);
    }

    [Fact]
    public void TooManyMotionReaders_AreRefused()
    {
        var feed = new MotionFeed(channels: 58, emotions: 7);
        var readers = Enumerable.Range(0, MotionFeed.MaxReaders).Select(_ => feed.Subscribe()).ToArray();
        Assert.Throws<CapacityException>(feed.Subscribe);
        readers[0].Dispose();
        feed.Subscribe().Dispose();
    }

    private T Offer<T>(T command)
        where T : FaceCommand
    {
        Assert.Equal(OfferResult.Taken, _control.Offer(command));
        return command;
    }

    private void Play(int frame) => _control.BeginFrame(frame * Frame, _stream);
}
