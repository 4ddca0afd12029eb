namespace LiveAvatar.CallKit.Analysis;

/// <summary>Mic-to-photon by onset: from the first loud sample to the first frame whose mouth has visibly opened.</summary>
public static class OnsetLatency
{
    // A mouth counts as open at this share of how far it will open: past the encoder's noise, before the vowel is over.
    private const double VisibleShare = 0.3;

    // An opening that nobody would see, in levels of redness over the region.
    private const double LeastOpening = 0.3;

    /// <summary>The latency of one burst, or null when the mouth did not answer it.</summary>
    /// <param name="picture">Frames from at least 500 ms before the onset until 700 ms after.</param>
    /// <param name="onset">When the sound starts, performance.now() in ms.</param>
    public static double? Of(PictureRecording picture, double onset)
    {
        var opening = MouthMotion.Opening(picture, time => time > onset - 500 && time <= onset);
        var before = opening.Where(frame => frame.Time > onset - 500 && frame.Time <= onset).ToList();
        var after = opening.Where(frame => frame.Time > onset && frame.Time < onset + 700).ToList();
        if (before.Count < 5 || after.Count < 5)
        {
            return null;
        }

        var (rest, peak) = (before.Max(frame => frame.Value), after.Max(frame => frame.Value));
        return peak - rest < LeastOpening
            ? null
            : after.First(frame => frame.Value >= rest + (VisibleShare * (peak - rest))).Time - onset;
    }
}
