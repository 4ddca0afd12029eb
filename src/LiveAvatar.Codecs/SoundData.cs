namespace LiveAvatar.Codecs;

/// <summary>The whole of an audio file.</summary>
/// <param name="Samples">One channel, the mean of the file's; nominally -1 to 1, always finite.</param>
/// <param name="SampleRate">Hz, as in the file.</param>
public sealed record SoundData(float[] Samples, int SampleRate)
{
    /// <summary>How long it plays.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds(Samples.Length / (double)SampleRate);
}
