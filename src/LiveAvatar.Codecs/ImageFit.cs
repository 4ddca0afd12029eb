namespace LiveAvatar.Codecs;

/// <summary>How a picture is brought to the wanted size.</summary>
public enum ImageFit
{
    /// <summary>Keep the proportions, fill the size and cut what hangs over, equally on both sides.</summary>
    Cover,

    /// <summary>Fill the size exactly, changing the proportions.</summary>
    Stretch,
}
