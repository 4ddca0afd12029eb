using System.Diagnostics.CodeAnalysis;

namespace LiveAvatar.Rtc.Sdp;

/// <summary>Walks the lines of an offer once and collects its sections (RFC 8866 section 5).</summary>
/// <remarks>
/// Lines may end in CRLF, LF or CR. Lines of unknown type and attributes that cannot be read are skipped, as RFC 8866
/// asks for attributes; a line that is no line of SDP at all, or a broken m= line, refuses the offer.
/// </remarks>
internal sealed class SessionOfferParser
{
    private const int MaxSections = 32;

    private readonly MediaSectionBuilder _session = MediaSectionBuilder.ForSession();
    private readonly List<MediaSectionBuilder> _sections = [];
    private List<string> _bundle = [];
    private bool _iceLite;

    public bool TryParse(
        ReadOnlySpan<char> sdp,
        [NotNullWhen(true)] out SessionOffer? offer,
        [NotNullWhen(false)] out SdpError? error)
    {
        offer = null;
        error = null;
        var number = 0;
        foreach (var raw in sdp.EnumerateLines())
        {
            number++;
            var line = raw.TrimEnd();
            if (line.IsEmpty)
            {
                continue;
            }

            error = ReadLine(line, number);
            if (error is not null)
            {
                return false;
            }
        }

        error = Check();
        if (error is null)
        {
            offer = new SessionOffer([.. _sections.Select(s => s.Build(_session))], _bundle);
        }

        return error is null;
    }

    private static SdpError Malformed(string message) => new(SdpErrorKind.Malformed, message);

    private SdpError? ReadLine(ReadOnlySpan<char> line, int number)
    {
        if (line.Length < 2 || line[1] != '=' || !char.IsAsciiLetterLower(line[0]))
        {
            return Malformed($"Line {number} is not of the form \"x=value\". Send the SDP offer itself as the body, not JSON.");
        }

        var value = line[2..];
        if (number == 1 && (line[0] != 'v' || !value.SequenceEqual("0")))
        {
            return Malformed("The first line must be \"v=0\" (RFC 8866). Send the SDP offer itself as the body.");
        }

        return line[0] switch
        {
            'm' => StartSection(value, number),
            'a' => ReadAttribute(value, number),
            _ => null,
        };
    }

    private SdpError? StartSection(ReadOnlySpan<char> value, int number)
    {
        if (_sections.Count == MaxSections)
        {
            return new SdpError(SdpErrorKind.TooLarge, $"The offer has more than {MaxSections} media sections; one audio and one video section are used.");
        }

        if (!MediaSectionBuilder.TryStart(value, out var section))
        {
            return Malformed($"Line {number}: an m= line reads \"m=<media> <port> <transport> <formats>\" (RFC 8866 section 5.14).");
        }

        _sections.Add(section);
        return null;
    }

    private SdpError? ReadAttribute(ReadOnlySpan<char> value, int number)
    {
        var colon = value.IndexOf(':');
        var name = colon < 0 ? value : value[..colon];
        var rest = colon < 0 ? default : value[(colon + 1)..];
        if (_sections.Count > 0)
        {
            return _sections[^1].TryRead(name, rest)
                ? null
                : new SdpError(SdpErrorKind.TooLarge, $"Line {number}: the media section lists more codecs, extensions or sources than any real client sends.");
        }

        if (name.SequenceEqual("group"))
        {
            ReadGroup(rest);
        }
        else if (name.SequenceEqual("ice-lite"))
        {
            _iceLite = true;
        }
        else
        {
            _session.TryRead(name, rest);
        }

        return null;
    }

    private void ReadGroup(ReadOnlySpan<char> value)
    {
        var words = value.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (_bundle.Count == 0 && words.Length > 1 && words[0] == "BUNDLE")
        {
            _bundle = [.. words.Skip(1).Take(MaxSections).Distinct(StringComparer.Ordinal)];
        }
    }

    private SdpError? Check()
    {
        if (_sections.Count == 0)
        {
            return Malformed("The offer has no m= line. Add an audio transceiver, and a video transceiver to receive the picture, before createOffer().");
        }

        if (_iceLite)
        {
            return new SdpError(SdpErrorKind.NoIce, "The offer says a=ice-lite, and so is this server; one side must be a full ICE agent.");
        }

        var mids = _sections.Select(s => s.Mid).Where(m => m.Length > 0).ToList();
        return mids.Count == mids.Distinct(StringComparer.Ordinal).Count()
            ? null
            : Malformed("Two media sections have the same a=mid; give each its own (RFC 9143).");
    }
}
