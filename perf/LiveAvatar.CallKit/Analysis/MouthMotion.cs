namespace LiveAvatar.CallKit.Analysis;

/// <summary>Reads what a mouth does from its recorded pictures.</summary>
public static class MouthMotion
{
    // Below -50 dBFS nobody speaks; the recordings used as voices have digital silence between sentences.
    private const double SilenceLevel = 0.003;

    // Of the redness that four fifths of a resting mouth region exceed.
    private const double ClosedShare = 0.75;

    /// <summary>How far each frame's lips are apart: what is less red than a closed mouth ever is, summed over the region.</summary>
    /// <remarks>
    /// Teeth and the dark between the lips lack the red of skin and lips, so this sees a mouth open and does not see a head
    /// that sways: plain differences of pixels are half sway. The unit is levels of redness averaged over the region.
    /// </remarks>
    /// <param name="picture">The frames.</param>
    /// <param name="isQuiet">Says of a time whether nobody spoke around it; those frames show the mouth at rest.</param>
    public static IReadOnlyList<Sample> Opening(PictureRecording picture, Func<double, bool> isQuiet)
    {
        var quiet = picture.Frames.Where(frame => isQuiet(frame.Presented)).ToList();
        var rest = Median(quiet.Count >= 5 ? quiet : picture.Frames);
        Array.Sort(rest);
        var closed = ClosedShare * rest[rest.Length / 5];
        return [.. picture.Frames.Select(frame => new Sample(frame.Presented, frame.Mouth.Average(red => Math.Max(0, closed - red))))];
    }

    /// <summary>The same, where the sound itself says when it is quiet.</summary>
    public static IReadOnlyList<Sample> Opening(PictureRecording picture, IReadOnlyList<Sample> loudness) =>
        Opening(picture, time => LevelAround(loudness, time, 150) < SilenceLevel);

    /// <summary>How much the lips of each frame moved since the frame before.</summary>
    public static IReadOnlyList<Sample> Movement(IReadOnlyList<Sample> opening) =>
        [.. opening.Zip(opening.Skip(1), (before, frame) => new Sample(frame.Time, Math.Abs(frame.Value - before.Value)))];

    /// <summary>Mean movement of the lips while the voice spoke and while it was silent.</summary>
    /// <param name="picture">The driver's picture.</param>
    /// <param name="voice">The microphone's loudness on the same clock.</param>
    /// <param name="delayMs">How much later than the microphone the mouth moves; about the mic-to-photon time.</param>
    /// <exception cref="CallKitException">Speech or silence lasted less than 1 s.</exception>
    public static (double Speech, double Silence) InSpeechAndSilence(PictureRecording picture, IReadOnlyList<Sample> voice, double delayMs)
    {
        var speech = new List<double>();
        var silence = new List<double>();
        foreach (var movement in Movement(Opening(picture, time => LevelAround(voice, time - delayMs, 150) < SilenceLevel)))
        {
            var then = movement.Time - delayMs;
            if (LevelAround(voice, then, 100) >= SilenceLevel)
            {
                speech.Add(movement.Value);
            }
            else if (LevelAround(voice, then, 400) < SilenceLevel)
            {
                silence.Add(movement.Value);
            }
        }

        return speech.Count >= 25 && silence.Count >= 25
            ? (speech.Average(), silence.Average())
            : throw new CallKitException($"{speech.Count} frames of speech and {silence.Count} of silence are too few to compare.");
    }

    /// <summary>The per-pixel median of some frames.</summary>
    public static byte[] Median(IReadOnlyList<PictureFrame> frames)
    {
        if (frames.Count == 0)
        {
            throw new CallKitException("No frame was recorded.");
        }

        var median = new byte[frames[0].Mouth.Length];
        var values = new byte[frames.Count];
        for (var pixel = 0; pixel < median.Length; pixel++)
        {
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = frames[i].Mouth[pixel];
            }

            Array.Sort(values);
            median[pixel] = values[values.Length / 2];
        }

        return median;
    }

    private static double LevelAround(IReadOnlyList<Sample> loudness, double time, double reachMs)
    {
        if (loudness.Count == 0)
        {
            return 0;
        }

        var first = (int)((time - reachMs - loudness[0].Time) / SoundRecording.BlockMs);
        var last = (int)((time + reachMs - loudness[0].Time) / SoundRecording.BlockMs);
        var level = 0.0;
        for (var i = Math.Max(0, first); i <= last && i < loudness.Count; i++)
        {
            level = Math.Max(level, loudness[i].Value);
        }

        return level;
    }
}
