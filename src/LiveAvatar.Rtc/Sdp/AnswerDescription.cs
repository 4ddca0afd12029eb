using LiveAvatar.Media.Rtp;
using LiveAvatar.Media.Video;

namespace LiveAvatar.Rtc.Sdp;

/// <summary>Everything the text of an answer is written from.</summary>
/// <param name="Options">What the server brings.</param>
/// <param name="DtlsRole">The server's side of the handshake.</param>
/// <param name="Sections">One per m= section of the offer, in its order.</param>
/// <param name="Bundle">The mids of the accepted sections in the order of the offer's BUNDLE group; empty without one.</param>
internal sealed record AnswerDescription(
    AnswerOptions Options, DtlsRole DtlsRole, IReadOnlyList<AnswerSection> Sections, IReadOnlyList<string> Bundle)
{
    /// <summary>The o= line's version.</summary>
    public int Version { get; init; } = 1;
}

/// <summary>The answer to one m= section; without a codec it is rejected.</summary>
/// <param name="Offer">The section that is answered.</param>
/// <param name="Direction">Seen from the server.</param>
/// <param name="Codec">The one codec taken.</param>
internal sealed record AnswerSection(MediaSection Offer, MediaDirection Direction, SdpCodec? Codec)
{
    public bool IsAccepted => Codec is not null;

    public SdpCodec? Rtx { get; init; }

    public VideoCodec VideoCodec { get; init; }

    /// <summary>The a=rtcp-fb values that both sides use.</summary>
    public IReadOnlyList<string> Feedback { get; init; } = [];

    public AnswerExtensions Extensions { get; init; } = AnswerExtensions.None;
}

/// <summary>The header extensions of an answered section: their ids, and the a=extmap lines that say so.</summary>
internal sealed record AnswerExtensions(HeaderExtensionIds Ids, IReadOnlyList<string> Lines)
{
    private const int MaxMidLength = 16; // RFC 8285 section 4.2: one-byte elements carry 1 to 16 bytes

    public static AnswerExtensions None { get; } = new(default, []);

    /// <summary>Takes from an offered section the extensions the server uses, at the offered ids.</summary>
    public static AnswerExtensions Choose(MediaSection offer, MediaDirection direction, bool playoutDelay)
    {
        var lines = new List<string>();
        var sends = direction.HasFlag(MediaDirection.SendOnly);
        var receives = direction.HasFlag(MediaDirection.ReceiveOnly);
        var ids = new HeaderExtensionIds(
            Mid: offer.Mid.Length is > 0 and <= MaxMidLength ? Take(SdpExtensionUri.Mid) : 0,
            AbsSendTime: Take(SdpExtensionUri.AbsSendTime),
            TransportSequence: Take(SdpExtensionUri.TransportSequence),
            PlayoutDelay: playoutDelay && sends && offer.Kind == MediaKind.Video ? Take(SdpExtensionUri.PlayoutDelay) : 0,
            AbsCaptureTime: Take(SdpExtensionUri.AbsCaptureTime));
        return new AnswerExtensions(ids, lines);

        int Take(string uri)
        {
            foreach (var extension in offer.Extensions)
            {
                var useful = (sends && extension.Direction.HasFlag(MediaDirection.ReceiveOnly))
                    || (receives && extension.Direction.HasFlag(MediaDirection.SendOnly));
                if (extension.Uri != uri || !useful)
                {
                    continue;
                }

                // Firefox offers playout-delay as "6/recvonly" and takes the answer only without a suffix. What the
                // offerer only sends is answered as RFC 8285 section 6 says: the server only receives it.
                var suffix = extension.Direction == MediaDirection.SendOnly ? "/recvonly" : "";
                lines.Add($"a=extmap:{extension.Id}{suffix} {uri}");
                return extension.Id;
            }

            return 0;
        }
    }
}
