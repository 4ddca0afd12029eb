using LiveAvatar.Inference.Runtime;

namespace LiveAvatar.Inference;

/// <summary>Puts a wanted gaze and blink into a motion vector, as the teacher of the motion would have done it.</summary>
/// <remarks>The models take no gaze, but the decoder draws whatever the ARKit channels of the eyes say. Allocates nothing after its construction.</remarks>
internal sealed class EyeOverlay
{
    // Looking down takes the upper lids along: the share that models/training/common/teacher.py uses.
    private const float LidFollowsGaze = 0.3f;

    private readonly Eye _left;
    private readonly Eye _right;

    /// <param name="channels">The pack's names of the motion vector's entries.</param>
    internal EyeOverlay(IReadOnlyList<string> channels)
    {
        var names = channels.ToList();
        (_left, _right) = (Find(names, "Left"), Find(names, "Right"));
    }

    /// <summary>Changes the channels of the eyes.</summary>
    internal void Apply(in EyeSteering eyes, Span<float> motion)
    {
        var weight = Finite.Clamp(eyes.Weight, 0, 1);
        var blink = Finite.Clamp(eyes.Blink, 0, 1);
        if (weight > 0)
        {
            var (x, y) = (Finite.Clamp(eyes.X, -1, 1), Finite.Clamp(eyes.Y, -1, 1));
            Look(_left, x, y, weight, motion);
            Look(_right, -x, y, weight, motion); // out is each eye's own side
        }

        if (blink > 0)
        {
            Close(_left, blink, motion);
            Close(_right, blink, motion);
        }
    }

    private static void Look(in Eye eye, float outwards, float up, float weight, Span<float> motion)
    {
        Blend(ref motion[eye.Out], Math.Max(outwards, 0), weight);
        Blend(ref motion[eye.In], Math.Max(-outwards, 0), weight);
        var lid = LidFollowsGaze * Math.Max(-up, 0);
        motion[eye.Blink] = Math.Clamp(motion[eye.Blink] + (weight * (lid - (LidFollowsGaze * motion[eye.Down]))), 0, 1);
        Blend(ref motion[eye.Up], Math.Max(up, 0), weight);
        Blend(ref motion[eye.Down], Math.Max(-up, 0), weight);
    }

    private static void Close(in Eye eye, float blink, Span<float> motion)
    {
        motion[eye.Blink] = Math.Max(motion[eye.Blink], blink);
        motion[eye.Wide] *= 1 - blink; // a wide eye would not close
    }

    private static void Blend(ref float value, float wanted, float weight) => value += weight * (wanted - value);

    private static Eye Find(List<string> names, string side)
    {
        return new Eye(Of("eyeLookOut"), Of("eyeLookIn"), Of("eyeLookUp"), Of("eyeLookDown"), Of("eyeBlink"), Of("eyeWide"));

        int Of(string channel) => names.IndexOf(channel + side);
    }

    /// <summary>Places of one eye's channels in the motion vector; every pack has all 52, the manifest's reader checks it.</summary>
    private readonly record struct Eye(int Out, int In, int Up, int Down, int Blink, int Wide);
}
