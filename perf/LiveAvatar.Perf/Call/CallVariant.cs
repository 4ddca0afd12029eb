namespace LiveAvatar.Perf.Call;

/// <summary>A kind of call.</summary>
/// <param name="Browser">chromium or firefox.</param>
/// <param name="Codec">vp8 or h264.</param>
/// <param name="PlayoutDelay">Whether the browser knows the playout-delay extension, by which the server keeps it from waiting.</param>
internal sealed record CallVariant(string Browser, string Codec, bool PlayoutDelay)
{
    /// <summary>Begins the names of its metrics.</summary>
    public string Name => (Browser == "chromium" ? "" : Browser + "_") + Codec + (PlayoutDelay ? "" : "_no_playout_delay");

    /// <summary>What people read.</summary>
    public string Title => (Browser == "firefox" ? "Firefox, " : "") + (Codec == "h264" ? "H.264" : "VP8") + (PlayoutDelay ? "" : " without playout-delay");

    /// <summary>The name in SDP.</summary>
    public string SdpName => Codec == "h264" ? "H264" : "VP8";
}
