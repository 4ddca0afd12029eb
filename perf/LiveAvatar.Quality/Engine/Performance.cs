using LiveAvatar.Quality.Metrics;

namespace LiveAvatar.Quality.Engine;

/// <summary>What the pack made of one recording: motion, context and features, frame by frame in step with the sound.</summary>
/// <param name="Motion">58 channels per frame.</param>
/// <param name="Context">Context vector per frame.</param>
/// <param name="NoiseCode">Noise code per frame.</param>
/// <param name="Features">Speech features of each frame, as they came: those of a frame tell the sound that the pack's look-ahead before it.</param>
/// <param name="Rate">Frames per second.</param>
/// <param name="Offset">Seconds between the sound's beginning and the first frame's.</param>
internal sealed record Performance(float[][] Motion, float[][] Context, float[][] NoiseCode, float[][] Features, double Rate, double Offset)
{
    /// <summary>Middle of a frame in seconds of the recording.</summary>
    internal double TimeOf(int frame) => Offset + ((frame + 0.5) / Rate);

    /// <summary>The frame that shows a moment.</summary>
    internal int FrameAt(double seconds) => Math.Clamp((int)((seconds - Offset) * Rate), 0, Motion.Length - 1);

    /// <summary>One channel over time.</summary>
    internal double[] Channel(int channel) => MotionStatistics.Channel(Motion, channel);
}
