using System.Net;
using System.Runtime.CompilerServices;
using LiveAvatar.Rtc.Sdp;

namespace LiveAvatar.Rtc.Tests.Sdp;

/// <summary>The offers of tests/vectors/sdp and the options the tests answer them with.</summary>
internal static class SdpVectors
{
    public const string Fingerprint =
        "sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF";

    public static AnswerOptions Driver { get; } = new()
    {
        LocalUfrag = "abcd1234",
        LocalPwd = "abcdefghijklmnopqrstuvwx",
        Fingerprint = Fingerprint,
        SessionId = 42,
        Candidates = [new IPEndPoint(IPAddress.Parse("192.0.2.1"), 8189), new IPEndPoint(IPAddress.Parse("2001:db8::1"), 8189)],
        AudioSsrc = 1001,
        VideoSsrc = 2002,
        RtxSsrc = 3003,
        ReceiveAudio = true,
    };

    public static AnswerOptions Viewer { get; } = Driver with { ReceiveAudio = false, SendAudio = true };

    public static IEnumerable<string> Names => Directory.GetFiles(Folder(), "*.sdp").Select(f => Path.GetFileNameWithoutExtension(f)!).Order();

    public static string Read(string name) => File.ReadAllText(Path.Combine(Folder(), name + ".sdp"));

    public static SessionOffer Offer(string text)
    {
        Assert.True(SessionOffer.TryParse(text, out var offer, out var error), error?.Message);
        return offer;
    }

    public static NegotiatedSession Answer(string name, AnswerOptions options) => AnswerText(Read(name), options);

    public static NegotiatedSession AnswerText(string text, AnswerOptions options)
    {
        Assert.True(SdpAnswerer.TryAnswer(Offer(text), options, out var session, out var error), error?.Message);
        return session;
    }

    public static SdpError Refusal(string text, AnswerOptions options)
    {
        if (!SessionOffer.TryParse(text, out var offer, out var error))
        {
            return error;
        }

        Assert.False(SdpAnswerer.TryAnswer(offer, options, out _, out error));
        return error;
    }

    private static string Folder([CallerFilePath] string file = "") =>
        Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "vectors", "sdp");
}
