using System.Globalization;
using LiveAvatar.Media.Video;
using LiveAvatar.Pipeline;

namespace LiveAvatar.Server.Signalling;

/// <summary>Reads the query of POST /whip: avatar, autoEmotion, codec and seed, all optional.</summary>
internal static class CallParameters
{
    /// <summary>What the caller asks for.</summary>
    /// <exception cref="ProblemException">A value or a name is unknown.</exception>
    public static SessionRequest Read(IQueryCollection query)
    {
        var request = new SessionRequest();
        foreach (var (name, values) in query)
        {
            var value = values.ToString();
            request = name switch
            {
                "avatar" => request with { Avatar = value },
                "autoEmotion" => request with { AutomaticEmotion = Share(value) },
                "codec" => request with { Codec = Codec(value) },
                "seed" => request with { Seed = Seed(value) },
                _ => throw new ProblemException(Problem.BadRequest("Unknown query parameter. There are avatar, autoEmotion, codec and seed.")),
            };
        }

        return request;
    }

    private static VideoCodec Codec(string text) => text.ToLowerInvariant() switch
    {
        "vp8" => VideoCodec.Vp8,
        "h264" => VideoCodec.H264,
        _ => throw new ProblemException(Problem.BadRequest("codec is vp8 or h264.")),
    };

    private static float Share(string text) =>
        float.TryParse(text.AsSpan(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1
            ? share
            : throw new ProblemException(Problem.BadRequest("autoEmotion is a number from 0 to 1, such as 0.5."));

    private static int Seed(string text) =>
        int.TryParse(text.AsSpan(), NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
            ? seed
            : throw new ProblemException(Problem.BadRequest("seed is a whole number from 0 to 2147483647."));
}
