using LiveAvatar.Rtc.Sdp;

namespace LiveAvatar.Rtc.Tests.Sdp;

/// <summary>Whatever a peer posts, the parser answers with an offer or an error, never an exception.</summary>
[Trait("Category", "vectors")]
public sealed class SdpHostileInputTests
{
    public static TheoryData<string> Names => [.. SdpVectors.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryPrefix_IsHandled(string name)
    {
        var text = SdpVectors.Read(name);
        for (var length = 0; length <= text.Length; length++)
        {
            Feed(text[..length]);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryLineRemoved_IsHandled(string name)
    {
        var lines = SdpVectors.Read(name).Split("\r\n");
        for (var i = 0; i < lines.Length; i++)
        {
            Feed(string.Join('\n', lines.Where((_, at) => at != i)));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void RandomMutations_AreHandled(string name)
    {
        var original = SdpVectors.Read(name);
        var random = new Random(original.Length);
        var accepted = 0;
        for (var round = 0; round < 2000; round++)
        {
            accepted += Feed(Mutate(original, random)) ? 1 : 0;
        }

        // A mutation test that is always refused at the first line would test nothing.
        Assert.True(accepted > 20 || name.Contains("datachannel-only", StringComparison.Ordinal), $"{accepted} of 2000 were answered");
    }

    [Fact]
    public void Answers_NeverCarryALineOfThePeer()
    {
        var text = SdpVectors.Read("chromium-driver").Replace("a=mid:1", "a=mid:1\u2028a=x", StringComparison.Ordinal);
        if (SessionOffer.TryParse(text, out var offer, out _) && SdpAnswerer.TryAnswer(offer, SdpVectors.Driver, out var session, out _))
        {
            Assert.DoesNotContain("a=x", session.AnswerSdp, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\na=end-of-candidates\r\n", true)]
    [InlineData("a=ice-ufrag:abc\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n", false)]
    [InlineData("a=ice-ufrag:abcd\r\n", false)]
    [InlineData("hello", false)]
    [InlineData("", false)]
    public void Fragment_IsRead(string text, bool valid)
    {
        Assert.Equal(valid, IceFragment.TryParse(text, out var fragment, out var error));
        Assert.Equal(valid, error is null);
        if (valid)
        {
            Assert.Equal(("abcd", 1, true), (fragment!.Ufrag, fragment.CandidateCount, fragment.EndOfCandidates));
        }

        for (var length = 0; length < text.Length; length++)
        {
            Assert.True(IceFragment.TryParse(text[..length], out _, out error) == (error is null));
        }
    }

    private static bool Feed(string text)
    {
        if (!SessionOffer.TryParse(text, out var offer, out var error))
        {
            Assert.NotEmpty(error.Message);
            return false;
        }

        var asDriver = SdpAnswerer.TryAnswer(offer, SdpVectors.Driver, out var session, out error);
        Check(offer, session, error);
        var asViewer = SdpAnswerer.TryAnswer(offer, SdpVectors.Viewer, out session, out error);
        Check(offer, session, error);
        return asDriver || asViewer;
    }

    private static void Check(SessionOffer offer, NegotiatedSession? session, SdpError? error)
    {
        if (session is null)
        {
            Assert.NotEmpty(error!.Message);
            return;
        }

        // The answer has a section for each of the offer's, and can itself be read.
        Assert.Equal(offer.Media.Count, session.AnswerSdp.Split("\r\nm=").Length - 1);
        Assert.True(SessionOffer.TryParse(session.AnswerSdp.Replace("a=ice-lite\r\n", "", StringComparison.Ordinal), out _, out var reread), reread?.Message);
    }

    private static string Mutate(string original, Random random)
    {
        var text = original.ToCharArray().ToList();
        var edits = random.Next(1, 6);
        for (var i = 0; i < edits && text.Count > 1; i++)
        {
            var at = random.Next(text.Count);
            switch (random.Next(4))
            {
                case 0: text[at] = (char)random.Next(0, 0x250); break;
                case 1: text.RemoveRange(at, Math.Min(random.Next(1, 40), text.Count - at)); break;
                case 2: text.InsertRange(at, text.GetRange(at, Math.Min(random.Next(1, 400), text.Count - at))); break;
                default: text.InsertRange(at, "99999999999999999999\r\n: =/"[..random.Next(1, 26)]); break;
            }
        }

        return new string([.. text]);
    }
}
