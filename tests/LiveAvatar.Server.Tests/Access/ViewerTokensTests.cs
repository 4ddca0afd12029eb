using LiveAvatar.Server.Access;

namespace LiveAvatar.Server.Tests.Access;

[Trait("Category", "unit")]
public sealed class ViewerTokensTests
{
    private readonly ManualTime _clock = new();

    [Fact]
    public void Token_EndsWithItsTime()
    {
        var tokens = new ViewerTokens(_clock);
        var token = tokens.Make("session", TimeSpan.FromMinutes(5));
        Assert.Equal(new ViewerToken("session", Expired: false), tokens.Read(token));

        _clock.Pass(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1));
        Assert.False(tokens.Read(token)!.Value.Expired);
        _clock.Pass(TimeSpan.FromMilliseconds(1));
        Assert.True(tokens.Read(token)!.Value.Expired);
    }

    [Fact]
    public void EveryAlteration_IsNoticed()
    {
        var tokens = new ViewerTokens(_clock);
        var token = tokens.Make("session", TimeSpan.FromMinutes(5));
        for (var i = 0; i < token.Length - 1; i++) // the last character has bits that mean nothing
        {
            Assert.Null(tokens.Read(token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..]));
            Assert.Null(tokens.Read(token[..i]));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("no token")]
    [InlineData("AAAA")]
    [InlineData("Zoë")]
    public void OtherText_IsNoToken(string text) => Assert.Null(new ViewerTokens(_clock).Read(text));

    [Fact]
    public void LongText_IsNoToken() => Assert.Null(new ViewerTokens(_clock).Read(new string('A', 100_000)));

    [Fact]
    public void TokenOfAnotherRun_IsNoToken() =>
        Assert.Null(new ViewerTokens(_clock).Read(new ViewerTokens(_clock).Make("session", TimeSpan.FromMinutes(5))));
}
