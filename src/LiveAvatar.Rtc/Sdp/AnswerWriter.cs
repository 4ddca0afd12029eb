using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LiveAvatar.Media.Video;

namespace LiveAvatar.Rtc.Sdp;

/// <summary>Writes an answer as SDP (RFC 8829 section 5.3), and its ICE part as an SDP fragment (RFC 8840).</summary>
internal static class AnswerWriter
{
    /// <summary>The whole answer.</summary>
    public static string WriteSdp(AnswerDescription answer)
    {
        var text = new SdpLines();
        text.Add($"v=0");
        text.Add($"o=- {answer.Options.SessionId} {answer.Version} IN IP4 127.0.0.1");
        text.Add($"s=-");
        text.Add($"t=0 0");
        AddGroup(text, answer);
        text.Add($"a=ice-lite");
        text.Add($"a=msid-semantic: WMS {answer.Options.MediaStreamId}");
        var tagged = TaggedSection(answer);
        foreach (var section in answer.Sections)
        {
            if (section.IsAccepted)
            {
                AddSection(text, answer, section, withCandidates: section == tagged);
            }
            else
            {
                AddRejected(text, section.Offer);
            }
        }

        return text.ToString();
    }

    /// <summary>The ICE credentials and candidates alone, for the first accepted section.</summary>
    public static string WriteFragment(AnswerDescription answer)
    {
        var text = new SdpLines();
        var section = TaggedSection(answer);
        text.Add($"a=ice-lite");
        AddGroup(text, answer);
        text.Add($"m={section.Offer.Media} 9 {section.Offer.Protocol} {section.Codec!.PayloadType}");
        AddMid(text, section.Offer);
        AddIce(text, answer.Options, withCandidates: true);
        return text.ToString();
    }

    // RFC 9143 section 7.3: the group's first section speaks for the transport that all share.
    private static AnswerSection TaggedSection(AnswerDescription answer) =>
        answer.Sections.First(s => s.IsAccepted && (answer.Bundle.Count == 0 || s.Offer.Mid == answer.Bundle[0]));

    private static void AddGroup(SdpLines text, AnswerDescription answer)
    {
        if (answer.Bundle.Count > 0)
        {
            text.Add($"a=group:BUNDLE {string.Join(' ', answer.Bundle)}");
        }
    }

    private static void AddSection(SdpLines text, AnswerDescription answer, AnswerSection section, bool withCandidates)
    {
        var options = answer.Options;
        var rtx = section.Rtx is null ? "" : $" {section.Rtx.PayloadType}";
        var address = options.Candidates.Count > 0 ? options.Candidates[0] : new IPEndPoint(IPAddress.Any, 9);
        text.Add($"m={section.Offer.Media} {address.Port} {section.Offer.Protocol} {section.Codec!.PayloadType}{rtx}");
        text.Add($"c=IN {(address.AddressFamily == AddressFamily.InterNetworkV6 ? "IP6" : "IP4")} {Address(address)}");
        AddIce(text, options, withCandidates);
        text.Add($"a=fingerprint:{options.Fingerprint}");
        text.Add($"a=setup:{(answer.DtlsRole == DtlsRole.Client ? "active" : "passive")}");
        AddMid(text, section.Offer);
        foreach (var line in section.Extensions.Lines)
        {
            text.Add($"{line}");
        }

        text.Add($"a={Word(section.Direction)}");
        text.Add($"a=rtcp-mux");
        text.Add($"a=rtcp-rsize");
        AddCodec(text, section);
        if (section.Direction.HasFlag(MediaDirection.SendOnly))
        {
            AddSources(text, options, section);
        }
    }

    private static void AddIce(SdpLines text, AnswerOptions options, bool withCandidates)
    {
        text.Add($"a=ice-ufrag:{options.LocalUfrag}");
        text.Add($"a=ice-pwd:{options.LocalPwd}");
        if (!withCandidates)
        {
            return;
        }

        for (var i = 0; i < options.Candidates.Count; i++)
        {
            // RFC 8445 section 5.1.2.1: type preference 126 (host), local preference by rank, component 1.
            var priority = (126L << 24) | ((65535L - i) << 8) | 255;
            text.Add($"a=candidate:{i + 1} 1 udp {priority} {Address(options.Candidates[i])} {options.Candidates[i].Port} typ host");
        }

        text.Add($"a=end-of-candidates");
    }

    private static void AddCodec(SdpLines text, AnswerSection section)
    {
        var codec = section.Codec!;
        if (section.Offer.Kind == MediaKind.Audio)
        {
            text.Add($"a=rtpmap:{codec.PayloadType} opus/48000/2");
            text.Add($"a=fmtp:{codec.PayloadType} minptime=10;useinbandfec=1");
            if (section.Direction.HasFlag(MediaDirection.ReceiveOnly))
            {
                text.Add($"a=ptime:10");
            }
        }
        else
        {
            text.Add($"a=rtpmap:{codec.PayloadType} {(section.VideoCodec == VideoCodec.Vp8 ? "VP8" : "H264")}/90000");
            if (section.VideoCodec == VideoCodec.H264)
            {
                text.Add($"a=fmtp:{codec.PayloadType} {H264Format.Answer(codec)}");
            }
        }

        foreach (var feedback in section.Feedback)
        {
            text.Add($"a=rtcp-fb:{codec.PayloadType} {feedback}");
        }

        if (section.Rtx is { } rtx)
        {
            text.Add($"a=rtpmap:{rtx.PayloadType} rtx/90000");
            text.Add($"a=fmtp:{rtx.PayloadType} apt={codec.PayloadType}");
        }
    }

    private static void AddSources(SdpLines text, AnswerOptions options, AnswerSection section)
    {
        text.Add($"a=msid:{options.MediaStreamId} {section.Offer.Media}");
        if (section.Offer.Kind == MediaKind.Audio)
        {
            text.Add($"a=ssrc:{options.AudioSsrc} cname:{options.CName}");
            return;
        }

        if (section.Rtx is not null)
        {
            text.Add($"a=ssrc-group:FID {options.VideoSsrc} {options.RtxSsrc}");
        }

        // The primary source comes before its RTX source, or Chromium shows no video at all.
        text.Add($"a=ssrc:{options.VideoSsrc} cname:{options.CName}");
        if (section.Rtx is not null)
        {
            text.Add($"a=ssrc:{options.RtxSsrc} cname:{options.CName}");
        }
    }

    private static void AddRejected(SdpLines text, MediaSection offer)
    {
        text.Add($"m={offer.Media} 0 {offer.Protocol} {offer.FirstFormat}");
        text.Add($"c=IN IP4 0.0.0.0");
        AddMid(text, offer);
        text.Add($"a=inactive");
    }

    private static void AddMid(SdpLines text, MediaSection offer)
    {
        if (offer.Mid.Length > 0)
        {
            text.Add($"a=mid:{offer.Mid}");
        }
    }

    private static string Word(MediaDirection direction) => direction switch
    {
        MediaDirection.SendReceive => "sendrecv",
        MediaDirection.SendOnly => "sendonly",
        MediaDirection.ReceiveOnly => "recvonly",
        _ => "inactive",
    };

    // A scope id ("%2") has no meaning on another machine.
    private static string Address(IPEndPoint endpoint) => endpoint.AddressFamily == AddressFamily.InterNetworkV6
        ? new IPAddress(endpoint.Address.GetAddressBytes()).ToString()
        : endpoint.Address.ToString();

    private sealed class SdpLines
    {
        private readonly StringBuilder _text = new(2048);

        public void Add(FormattableString line) => _text.Append(line.ToString(CultureInfo.InvariantCulture)).Append("\r\n");

        public override string ToString() => _text.ToString();
    }
}
