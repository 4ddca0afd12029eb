using Google.Protobuf.WellKnownTypes;
using LiveAvatar.V1;
using Frame = LiveAvatar.Pipeline.Control.MotionFrame;

namespace LiveAvatar.Server.Rpc;

/// <summary>Puts frames into one message that is used again and again: a stream of 25 frames per second makes no garbage of its own.</summary>
internal sealed class MotionFrameWriter
{
    private readonly WatchMotionResponse _message = new() { Frame = new MotionFrame { MediaTime = new Duration(), Head = new HeadPose() } };
    private readonly int _coefficients;
    private readonly Eye _left;
    private readonly Eye _right;

    /// <param name="channels">The pack's names of the motion vector's entries: 52 coefficients, then the head's six.</param>
    public MotionFrameWriter(IReadOnlyList<string> channels)
    {
        var names = channels.ToList();
        _coefficients = names.IndexOf("headYaw");
        (_left, _right) = (Find(names, "Left"), Find(names, "Right"));
    }

    /// <summary>The message of a frame; valid until the next call.</summary>
    public WatchMotionResponse Fill(Frame frame, long lost)
    {
        var message = _message.Frame;
        ReadOnlySpan<float> motion = frame.Motion;
        message.Frame = frame.Frame;
        message.MediaTime.Seconds = frame.MediaTime.Ticks / TimeSpan.TicksPerSecond;
        message.MediaTime.Nanos = (int)(frame.MediaTime.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick);
        Copy(motion[.._coefficients], message.Coefficients);
        Copy(frame.Emotion, message.Emotion);
        var head = motion[_coefficients..];
        (message.Head.Yaw, message.Head.Pitch, message.Head.Roll) = (head[0], head[1], head[2]);
        (message.Head.X, message.Head.Y, message.Head.Z) = (head[3], head[4], head[5]);
        message.GazeX = (motion[_left.Out] - motion[_left.In] + motion[_right.In] - motion[_right.Out]) / 2;
        message.GazeY = (motion[_left.Up] - motion[_left.Down] + motion[_right.Up] - motion[_right.Down]) / 2;
        message.Lost = lost;
        return _message;
    }

    private static void Copy(ReadOnlySpan<float> numbers, Google.Protobuf.Collections.RepeatedField<float> field)
    {
        field.Clear();
        foreach (var number in numbers)
        {
            field.Add(number);
        }
    }

    private static Eye Find(List<string> names, string side)
    {
        return new Eye(Of("eyeLookOut"), Of("eyeLookIn"), Of("eyeLookUp"), Of("eyeLookDown"));

        int Of(string channel) => names.IndexOf(channel + side);
    }

    private readonly record struct Eye(int Out, int In, int Up, int Down);
}
