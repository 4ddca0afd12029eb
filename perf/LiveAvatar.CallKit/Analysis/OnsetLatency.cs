namespace LiveAvatar.CallKit.Analysis;

/// <summary>Mic-to-photon by onset: from the first loud sample to the first frame whose mouth has visibly opened.</summary>
public static class OnsetLatency
{
    // A mouth counts as open at this share of how far it will open: past the encoder's noise, before the vowel is over.
    private const double VisibleShare = 0.3;

    // Movement at rest (breath, encoder) reaches this many times its mean once in a while.
    private const double NoiseFactor = 4;

    /// <summary>The latency of one burst, or null when the mouth did not answer it.</summary>
    /// <param name="picture">Frames from at least 500 ms before the onset until 700 ms after.</param>
    /// <param name="onset">When the sound starts, performance.now() in ms.</param>
    public static double? Of(PictureRecording picture, double onset)
    {
        var before = picture.Frames.Where(f => f.Presented > onset - 500 && f.Presented <= onset).ToList();
        var after = picture.Frames.Where(f => f.Presented > onset && f.Presented < onset + 700).ToList();
        if (before.Count < 5 || after.Count < 5)
        {
            return null;
        }

        var rest = MouthMotion.Median(before);
        var noise = before.Average(f => MouthMotion.Distance(f.Mouth, rest));
        var peak = after.Max(f => MouthMotion.Distance(f.Mouth, rest));
        var threshold = Math.Max(VisibleShare * peak, NoiseFactor * noise);
        return peak < NoiseFactor * noise || peak < 1
            ? null
            : after.First(f => MouthMotion.Distance(f.Mouth, rest) >= threshold).Presented - onset;
    }
}
