namespace LiveAvatar.Codecs;

/// <summary>How far a decoded picture is from the one that was encoded.</summary>
public static class PictureQuality
{
    /// <summary>Peak signal-to-noise ratio in dB, peak 255; infinity for equal pictures.</summary>
    /// <param name="reference">Samples of one plane or one picture.</param>
    /// <param name="decoded">As many samples.</param>
    public static double Psnr(ReadOnlySpan<byte> reference, ReadOnlySpan<byte> decoded)
    {
        if (reference.Length != decoded.Length || reference.IsEmpty)
        {
            throw new ArgumentException($"Cannot compare {reference.Length} with {decoded.Length} samples.", nameof(decoded));
        }

        long squares = 0;
        for (var index = 0; index < reference.Length; index++)
        {
            var difference = reference[index] - decoded[index];
            squares += difference * difference;
        }

        return 10 * Math.Log10(255.0 * 255.0 * reference.Length / squares);
    }
}
