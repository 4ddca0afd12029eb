using System.Diagnostics.CodeAnalysis;
using LiveAvatar.Media.Video;

namespace LiveAvatar.Rtc.Sdp;

/// <summary>Decides what of an offer is taken, and answers it (RFC 8829 section 5.3, RFC 9143, RFC 8842).</summary>
/// <remarks>
/// The first usable audio and the first usable video section are taken, each with one codec; every other section is
/// rejected with port 0. Payload types, extension ids and mids are the offer's own.
/// </remarks>
public static class SdpAnswerer
{
    private static readonly string[] VideoFeedback = ["goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"];

    /// <summary>Answers an offer; false, with what to change, when the session it needs cannot be made.</summary>
    public static bool TryAnswer(
        SessionOffer offer,
        AnswerOptions options,
        [NotNullWhen(true)] out NegotiatedSession? session,
        [NotNullWhen(false)] out SdpError? error)
    {
        ArgumentNullException.ThrowIfNull(offer);
        ArgumentNullException.ThrowIfNull(options);
        session = null;
        var sections = ChooseSections(offer, options);
        error = CheckMedia(offer, options, sections) ?? CheckTransport(offer, sections);
        if (error is not null)
        {
            return false;
        }

        var accepted = sections.Where(s => s.IsAccepted).Select(s => s.Offer).ToList();
        var transport = TransportSection(offer, accepted);
        if (transport.IceUfrag.Length == 0 || transport.IcePwd.Length == 0)
        {
            error = new SdpError(SdpErrorKind.NoIce, "The offer has no usable a=ice-ufrag and a=ice-pwd (RFC 8839: at least 4 and 22 ICE characters). Send the local description after setLocalDescription().");
            return false;
        }

        if (transport.Fingerprint is not { } fingerprint)
        {
            error = new SdpError(SdpErrorKind.NoFingerprint, "The offer has no a=fingerprint with sha-256, sha-384 or sha-512. Media is accepted only over DTLS-SRTP.");
            return false;
        }

        var role = transport.Setup switch
        {
            DtlsSetup.Active => DtlsRole.Server,
            DtlsSetup.Passive => DtlsRole.Client,
            _ => options.PreferredDtlsRole,
        };
        var bundle = offer.BundleGroup.Where(mid => accepted.Exists(m => m.Mid == mid)).ToList();
        session = new NegotiatedSession(
            new AnswerDescription(options, role, sections, bundle),
            transport.IceUfrag,
            transport.IcePwd,
            fingerprint);
        return true;
    }

    private static List<AnswerSection> ChooseSections(SessionOffer offer, AnswerOptions options)
    {
        var sections = new List<AnswerSection>(offer.Media.Count);
        var audio = false;
        var video = false;
        foreach (var media in offer.Media)
        {
            var section = new AnswerSection(media, MediaDirection.Inactive, null);
            if (!media.Rejected && media.Kind == MediaKind.Audio && !audio)
            {
                section = ChooseAudio(media, options);
                audio = section.IsAccepted;
            }
            else if (!media.Rejected && media.Kind == MediaKind.Video && !video)
            {
                section = ChooseVideo(media, options);
                video = section.IsAccepted;
            }

            sections.Add(section);
        }

        return sections;
    }

    private static AnswerSection ChooseAudio(MediaSection media, AnswerOptions options)
    {
        var codec = media.Codecs.FirstOrDefault(c => c.Is("opus", 48000) && c.Channels == 2); // RFC 7587 section 4.1
        var direction = Answered(media.Direction, options.SendAudio, options.ReceiveAudio);
        return Complete(new AnswerSection(media, direction, codec), options, ["transport-cc"]);
    }

    private static AnswerSection ChooseVideo(MediaSection media, AnswerOptions options)
    {
        var direction = Answered(media.Direction, options.SendVideo, receives: false);
        foreach (var candidate in options.VideoCodecs)
        {
            var codec = candidate == VideoCodec.Vp8
                ? media.Codecs.FirstOrDefault(c => c.Is("VP8", 90000))
                : media.Codecs.Where(c => c.Is("H264", 90000) && H264Format.Rank(c) is not null).MinBy(H264Format.Rank);
            if (codec is not null)
            {
                var apt = codec.PayloadType.ToString(System.Globalization.CultureInfo.InvariantCulture);
                var rtx = media.Codecs.FirstOrDefault(c => c.Is("rtx", 90000) && c.Format.GetValueOrDefault("apt") == apt);
                return Complete(new AnswerSection(media, direction, codec) { VideoCodec = candidate, Rtx = rtx }, options, VideoFeedback);
            }
        }

        return new AnswerSection(media, MediaDirection.Inactive, null);
    }

    private static AnswerSection Complete(AnswerSection section, AnswerOptions options, IEnumerable<string> feedback)
    {
        if (section.Codec is not { } codec)
        {
            return section;
        }

        var extensions = AnswerExtensions.Choose(section.Offer, section.Direction, options.PlayoutDelay);
        return section with
        {
            Extensions = extensions,
            // transport-cc reports on numbers that only the extension carries.
            Feedback = [.. feedback.Where(f => codec.Feedback.Contains(f) && (f != "transport-cc" || extensions.Ids.TransportSequence != 0))],
        };
    }

    private static MediaDirection Answered(MediaDirection offered, bool sends, bool receives)
    {
        var direction = MediaDirection.Inactive;
        if (sends && offered.HasFlag(MediaDirection.ReceiveOnly))
        {
            direction |= MediaDirection.SendOnly;
        }

        if (receives && offered.HasFlag(MediaDirection.SendOnly))
        {
            direction |= MediaDirection.ReceiveOnly;
        }

        return direction;
    }

    private static SdpError? CheckMedia(SessionOffer offer, AnswerOptions options, List<AnswerSection> sections)
    {
        if (options.ReceiveAudio)
        {
            if (sections.Any(s => s.IsAccepted && s.Offer.Kind == MediaKind.Audio && s.Direction.HasFlag(MediaDirection.ReceiveOnly)))
            {
                return CheckDriverVideo(offer, sections);
            }

            return offer.Media.Any(m => m.Kind == MediaKind.Audio && !m.Rejected && m.Direction.HasFlag(MediaDirection.SendOnly))
                ? new SdpError(SdpErrorKind.NoCommonCodec, "The audio section does not offer opus/48000/2, the only audio codec here. Offer Opus.")
                : new SdpError(SdpErrorKind.NoAudio, "The offer brings no audio. Add a microphone track: an audio section with a=sendonly or a=sendrecv.");
        }

        if (sections.Any(s => s.IsAccepted && s.Direction.HasFlag(MediaDirection.SendOnly)))
        {
            return null;
        }

        return offer.Media.Any(m => m.Kind == MediaKind.Video && !m.Rejected && m.Direction.HasFlag(MediaDirection.ReceiveOnly))
            ? NoVideoCodec(options)
            : new SdpError(SdpErrorKind.NoVideo, "The offer takes neither picture nor sound. Add recvonly transceivers for video and audio.");
    }

    // A driver may leave video out and let viewers watch, but one that asks for it and cannot decode it would wait for ever.
    private static SdpError? CheckDriverVideo(SessionOffer offer, List<AnswerSection> sections) =>
        offer.Media.Any(m => m.Kind == MediaKind.Video && !m.Rejected && m.Direction == MediaDirection.ReceiveOnly)
            && !sections.Any(s => s.IsAccepted && s.Offer.Kind == MediaKind.Video)
                ? NoVideoCodec(null)
                : null;

    private static SdpError NoVideoCodec(AnswerOptions? options)
    {
        var h264 = "H264/90000 with packetization-mode=1 and level 3.0 or higher";
        var needed = options?.VideoCodecs is [var only] ? (only == VideoCodec.Vp8 ? "VP8/90000, which this session sends" : h264 + ", which this session sends")
            : "VP8/90000 or " + h264;
        return new SdpError(SdpErrorKind.NoCommonCodec, $"The video section offers no codec the server can send. Offer {needed}.");
    }

    private static SdpError? CheckTransport(SessionOffer offer, List<AnswerSection> sections)
    {
        var accepted = sections.Where(s => s.IsAccepted).Select(s => s.Offer).ToList();
        if (accepted.Count > 1 && accepted.Exists(m => m.Mid.Length == 0 || !offer.BundleGroup.Contains(m.Mid)))
        {
            return new SdpError(SdpErrorKind.NotBundled, "Audio and video are not in one a=group:BUNDLE. Use bundlePolicy \"max-bundle\"; the server has one UDP port.");
        }

        if (accepted.Exists(m => !m.RtcpMux))
        {
            return new SdpError(SdpErrorKind.NoRtcpMux, "A media section lacks a=rtcp-mux. Use rtcpMuxPolicy \"require\"; the server has one UDP port.");
        }

        return null;
    }

    // RFC 9143 section 7.2: the first section of the group that is taken describes the transport. aiortc gives every
    // section credentials of its own, and bundle-only sections may leave them out.
    private static MediaSection TransportSection(SessionOffer offer, List<MediaSection> accepted)
    {
        var tagged = offer.BundleGroup.Select(mid => accepted.Find(m => m.Mid == mid)).FirstOrDefault(m => m is not null);
        return tagged is { IceUfrag.Length: > 0 } ? tagged : accepted.Find(m => m.IceUfrag.Length > 0) ?? accepted[0];
    }
}
