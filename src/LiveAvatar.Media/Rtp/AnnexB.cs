namespace LiveAvatar.Media.Rtp;

/// <summary>Walks through the NAL units of an H.264 byte stream (ITU-T H.264 annex B).</summary>
/// <remarks>Start codes of 3 and 4 bytes; zeros after a unit belong to the start code that follows, not to the unit.</remarks>
/// <param name="stream">One access unit. Bytes before the first start code are left out.</param>
internal ref struct AnnexB(ReadOnlySpan<byte> stream)
{
    private static ReadOnlySpan<byte> StartCode => [0, 0, 1];

    private ReadOnlySpan<byte> _rest = AfterStartCode(stream);

    /// <summary>Takes the next unit that is not empty.</summary>
    public bool TryRead(out ReadOnlySpan<byte> unit)
    {
        while (!_rest.IsEmpty)
        {
            var end = _rest.IndexOf(StartCode);
            unit = (end < 0 ? _rest : _rest[..end]).TrimEnd((byte)0);
            _rest = end < 0 ? default : _rest[(end + 3)..];
            if (!unit.IsEmpty)
            {
                return true;
            }
        }

        unit = default;
        return false;
    }

    private static ReadOnlySpan<byte> AfterStartCode(ReadOnlySpan<byte> stream)
    {
        var start = stream.IndexOf(StartCode);
        return start < 0 ? default : stream[(start + 3)..];
    }
}
