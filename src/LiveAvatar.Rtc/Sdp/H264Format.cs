using System.Globalization;

namespace LiveAvatar.Rtc.Sdp;

/// <summary>Reads the H.264 format parameters that decide whether a peer can take the server's stream (RFC 6184 section 8).</summary>
/// <remarks>
/// The encoder makes constrained baseline, level 3.0 (512 × 512 at 25 is 25,600 macroblocks a second, level 2.2 ends at
/// 20,250), in packetization mode 1. Constrained baseline is a subset of baseline, main and high, so a peer that
/// offers only one of those can be answered with its own profile.
/// </remarks>
internal static class H264Format
{
    private const int MinLevel = 30; // level_idc is ten times the level
    private const string Inferred = "42e01f";

    /// <summary>How well a payload type fits: 0 constrained baseline, 1 baseline, 2 main, 3 high; null when it cannot be used.</summary>
    public static int? Rank(SdpCodec codec)
    {
        if (codec.Format.GetValueOrDefault("packetization-mode") != "1" || !TryProfile(codec, out var profile, out var constraints, out var level)
            || level < MinLevel)
        {
            return null;
        }

        // RFC 6184 table 5: constrained baseline is 42 x1xx0000, 4D 1xxx0000 or 58 11xx0000.
        return profile switch
        {
            0x42 when (constraints & 0x40) != 0 => 0,
            0x4D when (constraints & 0x80) != 0 => 0,
            0x58 when (constraints & 0xC0) == 0xC0 => 0,
            0x42 => 1,
            0x4D => 2,
            0x64 => 3,
            _ => null,
        };
    }

    /// <summary>The a=fmtp value of the answer: the offered profile, which must not change (RFC 6184 section 8.2.2).</summary>
    public static string Answer(SdpCodec codec)
    {
        var asymmetry = codec.Format.GetValueOrDefault("level-asymmetry-allowed") == "1" ? "level-asymmetry-allowed=1;" : "";
        return $"{asymmetry}packetization-mode=1;profile-level-id={ProfileLevelId(codec)}";
    }

    // Some senders leave profile-level-id out; RFC 6184 then infers level 1, which no video client means.
    private static string ProfileLevelId(SdpCodec codec) => codec.Format.GetValueOrDefault("profile-level-id") ?? Inferred;

    private static bool TryProfile(SdpCodec codec, out int profile, out int constraints, out int level)
    {
        var text = ProfileLevelId(codec);
        var ok = int.TryParse(text.AsSpan(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && text.Length == 6;
        (profile, constraints, level) = (value >> 16, (value >> 8) & 0xFF, value & 0xFF);
        return ok;
    }
}
