using System.Net;
using System.Text.Json;
using LiveAvatar.CallKit;

namespace LiveAvatar.EndToEnd.Tests;

/// <summary>What the running server refuses, and how it says so (RFC 9725, RFC 9457).</summary>
public sealed class SignallingTests(Stage stage)
{
    private const string EmptyOffer = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";

    public static TheoryData<string, string, string?, string, HttpStatusCode> Requests => new()
    {
        { "POST", "/whip", "{}", "application/json", HttpStatusCode.UnsupportedMediaType },
        { "POST", "/whip", "hello", "application/sdp", HttpStatusCode.BadRequest },
        { "POST", "/whip", "", "application/sdp", HttpStatusCode.BadRequest },
        { "POST", "/whip", EmptyOffer, "application/sdp", HttpStatusCode.BadRequest },
        { "POST", "/whip", EmptyOffer + new string('a', 70_000), "application/sdp", HttpStatusCode.RequestEntityTooLarge },
        { "POST", "/whep/nobody", File.ReadAllText(Checkout.At("tests", "vectors", "sdp", "chromium-viewer.sdp")), "application/sdp", HttpStatusCode.NotFound },
        { "DELETE", "/whip/nobody", null, "", HttpStatusCode.NotFound },
        { "GET", "/api/sessions/nobody/stats", null, "", HttpStatusCode.NotFound },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task BadRequest_GetsAProblemThatSaysWhatToChange(string method, string path, string? body, string type, HttpStatusCode expected)
    {
        var server = await stage.ServerAsync();

        var (status, mediaType, text) = await server.Api.SendAsync(method, path, body, type);

        Assert.Equal(expected, status);
        Assert.Equal("application/problem+json", mediaType);
        var problem = JsonDocument.Parse(text).RootElement;
        Assert.True(
            problem.TryGetProperty("detail", out var detail) && detail.GetString()!.Length > 20,
            $"The problem says nothing useful: {text}");
    }

    [Fact]
    public async Task UnknownCodecs_AreNotAcceptable()
    {
        await using var page = await stage.OpenPageAsync();
        var refusal = await page.EvaluateAsync<string>(
            """
            (async () => {
              window.stimulus = await probe.Stimulus.create();
              const editOffer = (sdp) => sdp.replaceAll('VP8/90000', 'XYZ/90000').replaceAll('H264/90000', 'XYZ/90000');
              try { await probe.open({ endpoint: '/whip', track: stimulus.track, editOffer }); return 'accepted'; }
              catch (error) { return error.message; }
            })()
            """);

        Assert.Matches("answered 4(00|06|15|22)", refusal);
        Assert.Contains("VP8", refusal, StringComparison.OrdinalIgnoreCase);
    }
}
