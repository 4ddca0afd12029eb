using System.Globalization;

namespace LiveAvatar.Rtc.Sdp;

/// <summary>The a=rtpmap, a=fmtp and a=rtcp-fb lines of one section, put together per payload type at its end.</summary>
internal sealed class CodecLines(int maxLines)
{
    private const int EveryPayloadType = -1;

    private readonly Dictionary<int, (string Name, int ClockRate, int Channels)> _maps = [];
    private readonly Dictionary<int, Dictionary<string, string>> _formats = [];
    private readonly List<(int PayloadType, string Value)> _feedback = [];
    private int _lines;

    /// <summary>Takes one line; false when there are more than any real offer has.</summary>
    public bool TryAdd(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        var space = value.IndexOf(' ');
        if (space <= 0)
        {
            return true;
        }

        var target = value[..space];
        var rest = value[(space + 1)..].Trim();
        var payloadType = EveryPayloadType;
        if (!target.SequenceEqual("*") && !SdpText.TryPayloadType(target, out payloadType))
        {
            return true;
        }

        if (++_lines > maxLines)
        {
            return false;
        }

        switch (name)
        {
            case "rtpmap" when payloadType >= 0: AddMap(payloadType, rest); break;
            case "fmtp" when payloadType >= 0: _formats[payloadType] = ReadFormat(rest); break;
            case "rtcp-fb": _feedback.Add((payloadType, rest.ToString())); break;
            default: break;
        }

        return true;
    }

    /// <summary>The codecs of the m= line that have an a=rtpmap, in its order.</summary>
    public IReadOnlyList<SdpCodec> Build(IReadOnlyList<int> payloadTypes)
    {
        var codecs = new List<SdpCodec>(payloadTypes.Count);
        foreach (var payloadType in payloadTypes)
        {
            if (!_maps.TryGetValue(payloadType, out var map))
            {
                continue;
            }

            codecs.Add(new SdpCodec
            {
                PayloadType = payloadType,
                Name = map.Name,
                ClockRate = map.ClockRate,
                Channels = map.Channels,
                Format = _formats.GetValueOrDefault(payloadType) ?? [],
                Feedback = [.. _feedback.Where(f => f.PayloadType == payloadType || f.PayloadType == EveryPayloadType).Select(f => f.Value)],
            });
        }

        return codecs;
    }

    private void AddMap(int payloadType, ReadOnlySpan<char> value)
    {
        var parts = value.ToString().Split('/');
        if (parts.Length is 2 or 3
            && int.TryParse(parts[1].AsSpan(), NumberStyles.None, CultureInfo.InvariantCulture, out var clockRate) && clockRate > 0)
        {
            var channels = 1;
            if (parts.Length == 3 && !int.TryParse(parts[2].AsSpan(), NumberStyles.None, CultureInfo.InvariantCulture, out channels))
            {
                return;
            }

            _maps[payloadType] = (parts[0], clockRate, channels);
        }
    }

    private static Dictionary<string, string> ReadFormat(ReadOnlySpan<char> value)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in value.ToString().Split(';', 64, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                parameters[part[..equals].TrimEnd().ToLowerInvariant()] = part[(equals + 1)..].TrimStart();
            }
        }

        return parameters;
    }
}
