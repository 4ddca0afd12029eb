using System.Diagnostics.CodeAnalysis;

namespace LiveAvatar.Rtc.Sdp;

/// <summary>The body of a WHIP or WHEP PATCH: an SDP fragment with ICE parameters (RFC 8840, RFC 9725 section 4.3).</summary>
/// <remarks>Candidates are counted and not used: an ICE-lite server learns addresses from the peer's checks.</remarks>
public sealed class IceFragment
{
    /// <summary>The longest fragment that is read, in characters.</summary>
    public const int MaxLength = 16 * 1024;

    private IceFragment(string ufrag, string pwd, int candidateCount, bool endOfCandidates)
    {
        Ufrag = ufrag;
        Pwd = pwd;
        CandidateCount = candidateCount;
        EndOfCandidates = endOfCandidates;
    }

    /// <summary>The peer's user name fragment; a value other than the session's asks for an ICE restart.</summary>
    public string Ufrag { get; }

    /// <summary>The peer's password.</summary>
    public string Pwd { get; }

    /// <summary>How many a=candidate lines there were.</summary>
    public int CandidateCount { get; }

    /// <summary>The peer has no more candidates.</summary>
    public bool EndOfCandidates { get; }

    /// <summary>Reads a fragment; never throws, whatever the text.</summary>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out IceFragment? fragment,
        [NotNullWhen(false)] out SdpError? error)
    {
        fragment = null;
        error = null;
        if (text is null || text.Length > MaxLength)
        {
            error = new SdpError(SdpErrorKind.TooLarge, $"The fragment is longer than the {MaxLength} characters that are read.");
            return false;
        }

        string ufrag = "", pwd = "";
        var candidates = 0;
        var end = false;
        foreach (var raw in text.AsSpan().EnumerateLines())
        {
            var line = raw.TrimEnd();
            if (line.IsEmpty)
            {
                continue;
            }

            if (line.Length < 2 || line[1] != '=')
            {
                error = new SdpError(SdpErrorKind.Malformed, "The body is not an SDP fragment; send a=ice-ufrag, a=ice-pwd and a=candidate lines (RFC 8840).");
                return false;
            }

            ReadLine(line, ref ufrag, ref pwd, ref candidates, ref end);
        }

        if (ufrag.Length == 0 || pwd.Length == 0)
        {
            error = new SdpError(SdpErrorKind.NoIce, "The fragment has no usable a=ice-ufrag and a=ice-pwd; both are required (RFC 9725 section 4.3).");
            return false;
        }

        fragment = new IceFragment(ufrag, pwd, candidates, end);
        return true;
    }

    private static void ReadLine(ReadOnlySpan<char> line, ref string ufrag, ref string pwd, ref int candidates, ref bool end)
    {
        const string UfragLine = "a=ice-ufrag:", PwdLine = "a=ice-pwd:";
        if (line.StartsWith(UfragLine, StringComparison.Ordinal) && SdpText.IsIceToken(line[UfragLine.Length..], 4))
        {
            ufrag = line[UfragLine.Length..].ToString();
        }
        else if (line.StartsWith(PwdLine, StringComparison.Ordinal) && SdpText.IsIceToken(line[PwdLine.Length..], 22))
        {
            pwd = line[PwdLine.Length..].ToString();
        }
        else if (line.StartsWith("a=candidate:", StringComparison.Ordinal))
        {
            candidates++;
        }
        else if (line.SequenceEqual("a=end-of-candidates"))
        {
            end = true;
        }
    }
}
