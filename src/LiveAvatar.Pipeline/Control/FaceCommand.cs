using LiveAvatar.Inference;

namespace LiveAvatar.Pipeline.Control;

/// <summary>One change of the face that somebody asked for. An object is offered once.</summary>
public abstract class FaceCommand
{
    private readonly TaskCompletionSource<FaceEffect> _applied = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Media time of the first frame it may change; null is the next frame.</summary>
    public TimeSpan? At { get; init; }

    /// <summary>Completes when it has taken effect.</summary>
    /// <exception cref="SessionEndedException">The session ended before.</exception>
    public Task<FaceEffect> Applied => _applied.Task;

    internal abstract void Apply(FaceState face, AvatarStream stream);

    internal void Complete(FaceEffect effect) => _applied.TrySetResult(effect);

    internal void Abandon() => _applied.TrySetException(new SessionEndedException());
}

/// <summary>Shows an emotion.</summary>
/// <param name="strengths">0…1 for each emotion of the pack, in its order; those left out become 0.</param>
/// <param name="transition">How it gets there.</param>
public sealed class EmotionCommand(IReadOnlyList<float> strengths, Transition transition) : FaceCommand
{
    private readonly float[] _strengths = [.. strengths];

    internal override void Apply(FaceState face, AvatarStream stream) => face.SetEmotion(_strengths, transition);
}

/// <summary>Changes how much of the emotion heard in the voice is added.</summary>
/// <param name="amount">0 nothing to 1 all.</param>
/// <param name="transition">How it gets there.</param>
public sealed class AutomaticEmotionCommand(float amount, Transition transition) : FaceCommand
{
    internal override void Apply(FaceState face, AvatarStream stream) => face.SetAutomaticEmotion(amount, transition);
}

/// <summary>Holds the head, or gives it back.</summary>
/// <param name="pose">Yaw, pitch, roll in radians, x, y, z in widths of the head.</param>
/// <param name="weight">0 the head moves by itself, 1 it is held as given, between a blend.</param>
/// <param name="transition">How it gets there.</param>
public sealed class PoseCommand(IReadOnlyList<float> pose, float weight, Transition transition) : FaceCommand
{
    private readonly float[] _pose = [.. pose];

    internal override void Apply(FaceState face, AvatarStream stream) => face.SetPose(_pose, weight, transition);
}

/// <summary>Directs the eyes, or gives them back.</summary>
/// <param name="x">−1…1, the presenter's left is positive.</param>
/// <param name="y">−1…1, up is positive.</param>
/// <param name="weight">0 the eyes move by themselves, 1 they look there, between a blend.</param>
/// <param name="transition">How they get there.</param>
public sealed class GazeCommand(float x, float y, float weight, Transition transition) : FaceCommand
{
    internal override void Apply(FaceState face, AvatarStream stream) => face.SetGaze([x, y], weight, transition);
}

/// <summary>Blinks once.</summary>
public sealed class BlinkCommand : FaceCommand
{
    internal override void Apply(FaceState face, AvatarStream stream) => face.StartBlink();
}

/// <summary>Nods or shakes the head, on top of whatever it does.</summary>
/// <param name="gesture">Which.</param>
public sealed class GestureCommand(Gesture gesture) : FaceCommand
{
    internal override void Apply(FaceState face, AvatarStream stream) => face.StartGesture(gesture);
}

/// <summary>Stops what is being said: viewers hear silence and the mouth closes.</summary>
/// <remarks>Without a time, the sound stops when the command is taken; the effect names the first frame of the closing mouth.</remarks>
public sealed class InterruptCommand : FaceCommand
{
    private TimeSpan? _until;

    /// <summary>Stops the voice, once.</summary>
    /// <param name="interrupt">Stops it and tells from which media time on it may speak again.</param>
    internal void Stop(Func<TimeSpan> interrupt) => _until ??= interrupt();

    internal override void Apply(FaceState face, AvatarStream stream) => face.Hush(_until ?? face.Now);
}

/// <summary>Takes back emotion, pose and gaze.</summary>
/// <param name="transition">How they go.</param>
public sealed class NeutralCommand(Transition transition) : FaceCommand
{
    internal override void Apply(FaceState face, AvatarStream stream) => face.SetNeutral(transition);
}

/// <summary>Draws the face's own movements from another seed.</summary>
/// <param name="seed">The seed.</param>
public sealed class SeedCommand(int seed) : FaceCommand
{
    internal override void Apply(FaceState face, AvatarStream stream) => stream.Reseed(seed);
}

/// <summary>Draws another avatar; voice and motion go on.</summary>
/// <param name="name">An avatar there is. One that is taken away before its time comes changes nothing.</param>
public sealed class AvatarCommand(string name) : FaceCommand
{
    internal override void Apply(FaceState face, AvatarStream stream)
    {
        try
        {
            stream.SetAvatar(name);
        }
        catch (KeyNotFoundException)
        {
            // Deleted between the command and its frame: the face stays whose it is.
        }
    }
}
