namespace LiveAvatar.CallKit.Analysis;

/// <summary>Reads what a mouth does from its recorded pictures.</summary>
public static class MouthMotion
{
    // Below -50 dBFS nobody speaks; the recordings used as voices have digital silence between sentences.
    private const double SilenceLevel = 0.003;

    /// <summary>Distance of each frame from the resting mouth, in grey levels: the per-pixel median of the quiet frames.</summary>
    public static IReadOnlyList<Sample> Opening(PictureRecording picture, IReadOnlyList<Sample> loudness)
    {
        var quiet = picture.Frames.Where(frame => LevelAround(loudness, frame.Presented, 150) < SilenceLevel).ToList();
        var rest = Median(quiet.Count >= 10 ? quiet : picture.Frames);
        return [.. picture.Frames.Select(frame => new Sample(frame.Presented, Distance(frame.Mouth, rest)))];
    }

    /// <summary>How much a frame differs from the one before, in grey levels per pixel.</summary>
    public static IReadOnlyList<Sample> Movement(PictureRecording picture) =>
    [
        .. picture.Frames.Zip(picture.Frames.Skip(1), (before, frame) => new Sample(frame.Presented, Distance(frame.Mouth, before.Mouth))),
    ];

    /// <summary>Mean movement while the voice spoke and while it was silent.</summary>
    /// <param name="picture">The driver's picture.</param>
    /// <param name="voice">The microphone's loudness on the same clock.</param>
    /// <param name="delayMs">How much later than the microphone the mouth moves; about the mic-to-photon time.</param>
    /// <exception cref="CallKitException">Speech or silence lasted less than 1 s.</exception>
    public static (double Speech, double Silence) InSpeechAndSilence(PictureRecording picture, IReadOnlyList<Sample> voice, double delayMs)
    {
        var speech = new List<double>();
        var silence = new List<double>();
        foreach (var movement in Movement(picture))
        {
            var then = movement.Time - delayMs;
            var around = LevelAround(voice, then, 100);
            if (around >= SilenceLevel)
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

    /// <summary>Mean absolute difference of two mouth pictures, in grey levels.</summary>
    public static double Distance(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        var sum = 0;
        for (var i = 0; i < one.Length; i++)
        {
            sum += Math.Abs(one[i] - other[i]);
        }

        return (double)sum / one.Length;
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
