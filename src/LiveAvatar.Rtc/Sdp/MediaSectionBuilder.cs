using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LiveAvatar.Rtc.Sdp;

/// <summary>Collects the attributes of one m= section, or of the session level before the first.</summary>
internal sealed class MediaSectionBuilder
{
    // A browser lists about 50 payload types and 15 extensions; four times that is nobody's honest offer.
    private const int MaxCodecs = 128;
    private const int MaxExtensions = 64;
    private const int MaxSsrcs = 64;
    private const int MaxCodecLines = 2048;
    private const int MaxTokenLength = 64;

    private readonly List<int> _formats = [];
    private readonly CodecLines _codecLines = new(MaxCodecLines);
    private readonly List<SdpExtension> _extensions = [];
    private readonly List<uint> _ssrcs = [];
    private string _media = "";
    private string _protocol = "";
    private string _firstFormat = "0";
    private int _port;
    private bool _bundleOnly;
    private bool _rtcpMux;
    private MediaDirection? _direction;
    private string _ufrag = "";
    private string _pwd = "";
    private CertificateFingerprint? _fingerprint;
    private DtlsSetup? _setup;

    private MediaSectionBuilder()
    {
    }

    public string Mid { get; private set; } = "";

    public static MediaSectionBuilder ForSession() => new();

    public static bool TryStart(ReadOnlySpan<char> value, [NotNullWhen(true)] out MediaSectionBuilder? section)
    {
        section = null;
        var words = value.ToString().Split(' ', MaxCodecs + 4, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 4 || !SdpText.IsToken(words[0], MaxTokenLength) || !SdpText.IsProtocol(words[2], MaxTokenLength)
            || !SdpText.IsToken(words[3], MaxTokenLength)
            || !int.TryParse(words[1].AsSpan(), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > 65535)
        {
            return false;
        }

        section = new MediaSectionBuilder { _media = words[0], _port = port, _protocol = words[2], _firstFormat = words[3] };
        foreach (var word in words.Skip(3).Take(MaxCodecs))
        {
            if (SdpText.TryPayloadType(word, out var payloadType) && !section._formats.Contains(payloadType))
            {
                section._formats.Add(payloadType);
            }
        }

        return true;
    }

    /// <summary>Takes one a= line; false only when a limit is passed, a line that cannot be read is skipped.</summary>
    public bool TryRead(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        switch (name)
        {
            case "mid" when SdpText.IsToken(value, MaxTokenLength): Mid = value.ToString(); break;
            case "sendrecv": _direction = MediaDirection.SendReceive; break;
            case "sendonly": _direction = MediaDirection.SendOnly; break;
            case "recvonly": _direction = MediaDirection.ReceiveOnly; break;
            case "inactive": _direction = MediaDirection.Inactive; break;
            case "ice-ufrag" when SdpText.IsIceToken(value, 4): _ufrag = value.ToString(); break;
            case "ice-pwd" when SdpText.IsIceToken(value, 22): _pwd = value.ToString(); break;
            case "fingerprint": ReadFingerprint(value); break;
            case "setup": ReadSetup(value); break;
            case "rtcp-mux" or "rtcp-mux-only": _rtcpMux = true; break;
            case "bundle-only": _bundleOnly = true; break;
            case "rtpmap" or "fmtp" or "rtcp-fb": return _codecLines.TryAdd(name, value);
            case "extmap": return TryReadExtension(value);
            case "ssrc": return TryReadSsrc(value);
            default: break;
        }

        return true;
    }

    public MediaSection Build(MediaSectionBuilder session) => new()
    {
        Kind = SdpText.IsSecureRtp(_protocol)
            ? _media switch { "audio" => MediaKind.Audio, "video" => MediaKind.Video, _ => MediaKind.Other }
            : MediaKind.Other,
        Media = _media,
        Protocol = _protocol,
        FirstFormat = _firstFormat,
        Rejected = _port == 0 && !_bundleOnly,
        Mid = Mid,
        Direction = _direction ?? session._direction ?? MediaDirection.SendReceive,
        // The pair belongs together: a section that gives only one of the two does not borrow the other half.
        IceUfrag = _ufrag.Length + _pwd.Length > 0 ? _ufrag : session._ufrag,
        IcePwd = _ufrag.Length + _pwd.Length > 0 ? _pwd : session._pwd,
        Fingerprint = _fingerprint ?? session._fingerprint,
        Setup = _setup ?? session._setup ?? DtlsSetup.ActPass,
        RtcpMux = _rtcpMux || session._rtcpMux,
        Codecs = _codecLines.Build(_formats),
        Extensions = [.. _extensions, .. session._extensions.Where(e => _extensions.TrueForAll(own => own.Id != e.Id && own.Uri != e.Uri))],
        Ssrcs = _ssrcs,
    };

    private void ReadFingerprint(ReadOnlySpan<char> value)
    {
        if (CertificateFingerprint.TryParse(value, out var read) && read!.Value.Length > (_fingerprint?.Value.Length ?? 0))
        {
            _fingerprint = read;
        }
    }

    private void ReadSetup(ReadOnlySpan<char> value) => _setup = value switch
    {
        "actpass" => DtlsSetup.ActPass,
        "active" => DtlsSetup.Active,
        "passive" => DtlsSetup.Passive,
        _ => _setup,
    };

    private bool TryReadExtension(ReadOnlySpan<char> value)
    {
        if (SdpText.TryExtension(value, out var extension))
        {
            if (_extensions.Count == MaxExtensions)
            {
                return false;
            }

            _extensions.Add(extension);
        }

        return true;
    }

    private bool TryReadSsrc(ReadOnlySpan<char> value)
    {
        var space = value.IndexOf(' ');
        if (space > 0 && uint.TryParse(value[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var ssrc) && !_ssrcs.Contains(ssrc))
        {
            if (_ssrcs.Count == MaxSsrcs)
            {
                return false;
            }

            _ssrcs.Add(ssrc);
        }

        return true;
    }
}
