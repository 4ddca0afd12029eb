using LiveAvatar.Inference;

namespace LiveAvatar.Pipeline.Control;

/// <summary>What the commands so far make of the face: every steered value, on its way or at rest.</summary>
/// <remarks>Used by the inference worker only. Time is the media time of frames, so a ramp is the same whatever the machine's load.</remarks>
internal sealed class FaceState
{
    private const int PoseSize = 6;
    private const int GazeSize = 2;

    private readonly Ramp _emotion;
    private readonly Ramp _automatic = new(1);
    private readonly Ramp _pose = new(PoseSize);
    private readonly Ramp _poseWeight = new(1);
    private readonly Ramp _gaze = new(GazeSize);
    private readonly Ramp _gazeWeight = new(1);
    private readonly Blink _blink = new();
    private readonly HeadGesture _gesture = new();
    private readonly Hush _hush = new();
    private TimeSpan? _shown;
    private TimeSpan _now;

    public FaceState(int emotions, float automaticEmotion)
    {
        _emotion = new Ramp(emotions);
        _automatic.Begin([automaticEmotion], default, default);
    }

    /// <summary>How the present frame is to be played. Valid until the next <see cref="Advance"/>.</summary>
    public Steering Steering => new(_emotion.Values, _pose.Values, _poseWeight.Value)
    {
        AutomaticEmotion = _automatic.Value,
        Eyes = new EyeSteering(_gaze.Values[0], _gaze.Values[1], _gazeWeight.Value, _blink.Value),
        HeadTurn = _gesture.Turn,
        HeadNod = _gesture.Nod,
        Hush = _hush.Value,
    };

    /// <summary>Media time of the present frame.</summary>
    public TimeSpan Now => _now;

    // A change starts from the frame before: what is on the screen when it takes effect.
    private TimeSpan Start => _shown ?? _now;

    /// <summary>A new frame begins; commands that take effect with it are applied next, then <see cref="Advance"/> follows.</summary>
    public void BeginFrame(TimeSpan mediaTime) => _now = mediaTime;

    public void SetEmotion(ReadOnlySpan<float> strengths, Transition transition) => _emotion.Begin(strengths, transition, Start);

    public void SetAutomaticEmotion(float amount, Transition transition) => _automatic.Begin([amount], transition, Start);

    public void SetPose(ReadOnlySpan<float> pose, float weight, Transition transition) => Blend(_pose, _poseWeight, pose, weight, transition);

    public void SetGaze(ReadOnlySpan<float> gaze, float weight, Transition transition) => Blend(_gaze, _gazeWeight, gaze, weight, transition);

    public void StartBlink() => _blink.Begin(Start);

    public void StartGesture(Gesture gesture) => _gesture.Begin(gesture, Start);

    /// <summary>Media time before which all sound is silent; zero at first.</summary>
    public TimeSpan HushedBefore { get; private set; }

    /// <summary>What was said before a media time is not heard any more, and the mouth rests until then.</summary>
    public void Hush(TimeSpan until)
    {
        HushedBefore = until;
        _hush.Begin(until, Start);
    }

    /// <summary>No emotion asked for, and head and eyes to themselves; what the voice adds goes on.</summary>
    public void SetNeutral(Transition transition)
    {
        _emotion.Begin([], transition, Start);
        _poseWeight.Begin([0], transition, Start);
        _gazeWeight.Begin([0], transition, Start);
    }

    /// <summary>Makes all values those of the frame that has begun.</summary>
    public void Advance()
    {
        _emotion.Advance(_now);
        _automatic.Advance(_now);
        _pose.Advance(_now);
        _poseWeight.Advance(_now);
        _gaze.Advance(_now);
        _gazeWeight.Advance(_now);
        _blink.Advance(_now);
        _gesture.Advance(_now);
        _hush.Advance(_now);
        _shown = _now;
    }

    // What has no weight is not seen: it jumps to its place and only the weight ramps. When the weight goes, the place stays.
    private void Blend(Ramp values, Ramp weight, ReadOnlySpan<float> target, float targetWeight, Transition transition)
    {
        if (targetWeight > 0)
        {
            values.Begin(target, weight.Value > 0 ? transition : default, Start);
        }

        weight.Begin([targetWeight], transition, Start);
    }
}
