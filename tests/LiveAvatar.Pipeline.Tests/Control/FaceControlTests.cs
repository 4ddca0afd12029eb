using LiveAvatar.Inference;
using LiveAvatar.Pipeline.Control;

namespace LiveAvatar.Pipeline.Tests.Control;

public sealed class FaceControlTests : IDisposable
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(40);
    private static readonly Transition FourFrames = new(4 * Frame, Easing.Linear);

    private readonly InferenceEngine _engine = TinyEngine.Create();
    private readonly AvatarStream _stream;
    private readonly FaceControl _control;
    private TimeSpan _speaksFrom;
    private int _interrupts;

    public FaceControlTests()
    {
        _stream = _engine.CreateStream(_engine.Avatars[0].Name, seed: 1);
        _control = new FaceControl(emotions: 7, automaticEmotion: 0.5f, () =>
        {
            _interrupts++;
            return _speaksFrom;
        });
    }

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
    public void Interrupt_StopsTheVoiceAtOnceAndTheMouthInTwoFrames()
    {
        Play(1);
        _speaksFrom = 4 * Frame;
        Offer(new InterruptCommand());
        Assert.Equal(1, _interrupts);
        var shares = new List<float>();
        for (var i = 2; i <= 10; i++)
        {
            Play(i);
            shares.Add(_control.Steering.Hush);
        }

        Assert.Equal((1, 4 * Frame), (_interrupts, _control.HushedBefore));
        Assert.Equal([0.5f, 1, 1, 1], shares[..4]);
        Assert.Equal(0, shares[^1]); // it speaks again soon after what may be heard
    }

    [Fact]
    public void TimedInterrupt_StopsTheVoiceWithItsFrame()
    {
        Play(1);
        Offer(new InterruptCommand { At = 3 * Frame });
        Play(2);
        Assert.Equal(0, _interrupts);
        Play(3);
        Assert.Equal(1, _interrupts);
    }

    [Theory]
    [InlineData(Gesture.Nod)]
    [InlineData(Gesture.Shake)]
    public void Gesture_MovesTheHeadSmoothlyAndGivesItBack(Gesture gesture)
    {
        Play(1);
        Offer(new GestureCommand(gesture));
        var (turns, nods) = (new List<float>(), new List<float>());
        for (var i = 2; i <= 32; i++)
        {
            Play(i);
            turns.Add(_control.Steering.HeadTurn);
            nods.Add(_control.Steering.HeadNod);
        }

        var (moved, still) = gesture == Gesture.Nod ? (nods, turns) : (turns, nods);
        Assert.All(still, value => Assert.Equal(0, value));
        Assert.Equal(0, moved[^1]);
        Assert.InRange(moved.Max(), 0.1f, 0.2f);
        Assert.Equal(gesture == Gesture.Shake, moved.Min() < -0.1f); // to both sides, but a nod never looks up
        Assert.All(moved.Zip(moved.Skip(1), (a, b) => Math.Abs(b - a)), step => Assert.InRange(step, 0, 0.11f));
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
