using System.Diagnostics.CodeAnalysis;

namespace LiveAvatar.Rtc.Sdp;

/// <summary>A client's SDP offer, read tolerantly but within limits.</summary>
/// <remarks>Candidates are not read: the server is ICE-lite and learns addresses from the checks themselves.</remarks>
public sealed class SessionOffer
{
    /// <summary>The longest offer that is read, in characters; browsers send 5 to 8 thousand.</summary>
    public const int MaxLength = 64 * 1024;

    internal SessionOffer(IReadOnlyList<MediaSection> media, IReadOnlyList<string> bundleGroup)
    {
        Media = media;
        BundleGroup = bundleGroup;
    }

    /// <summary>The m= sections in order; the answer has as many.</summary>
    public IReadOnlyList<MediaSection> Media { get; }

    /// <summary>The mids of the first BUNDLE group; empty when the offer has none.</summary>
    public IReadOnlyList<string> BundleGroup { get; }

    /// <summary>Reads an offer; never throws, whatever the text.</summary>
    public static bool TryParse(
        string sdp,
        [NotNullWhen(true)] out SessionOffer? offer,
        [NotNullWhen(false)] out SdpError? error)
    {
        offer = null;
        if (sdp is null || sdp.Length == 0)
        {
            error = new SdpError(SdpErrorKind.Malformed, "The offer is empty. Send the SDP of createOffer() as the body.");
            return false;
        }

        if (sdp.Length > MaxLength)
        {
            error = new SdpError(SdpErrorKind.TooLarge, $"The offer has {sdp.Length} characters; at most {MaxLength} are read.");
            return false;
        }

        return new SessionOfferParser().TryParse(sdp, out offer, out error);
    }
}
