using System.Net;
using LiveAvatar.Server.Tls;

namespace LiveAvatar.Server.Tests.Tls;

[Trait("Category", "unit")]
public sealed class DevCertificateTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);
    private readonly string _folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Certificate_IsKept()
    {
        using var first = DevCertificate.Get(_folder, ["studio.example"], Now);
        using var second = DevCertificate.Get(_folder, ["studio.example"], Now.AddDays(100));

        Assert.Equal(first.Thumbprint, second.Thumbprint);
        Assert.True(second.HasPrivateKey);
        Assert.True(second.MatchesHostname("studio.example") && second.MatchesHostname("localhost") && second.MatchesHostname("127.0.0.1"));
    }

    [Theory]
    [InlineData("other.example", 1)]
    [InlineData("studio.example", 360)]
    public void UnfitCertificate_IsReplaced(string name, int days)
    {
        using var first = DevCertificate.Get(_folder, ["studio.example"], Now);
        using var second = DevCertificate.Get(_folder, [name], Now.AddDays(days));

        Assert.NotEqual(first.Thumbprint, second.Thumbprint);
        Assert.True(second.MatchesHostname(name));
    }

    [Fact]
    public void DamagedFile_IsReplaced()
    {
        DevCertificate.Get(_folder, [], Now).Dispose();
        File.WriteAllText(Directory.GetFiles(_folder).Single(), "damaged");

        using var again = DevCertificate.Get(_folder, [], Now);
        Assert.True(again.HasPrivateKey);
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void File_IsItsOwnersOnly()
    {
        DevCertificate.Get(_folder, [], Now).Dispose();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Directory.GetFiles(_folder).Single()));
    }

    [Fact]
    public async Task TlsPort_PresentsIt()
    {
        using var certificate = DevCertificate.Get(_folder, [], DateTimeOffset.UtcNow);
        var pfx = Directory.GetFiles(_folder).Single();
        await using var server = await RunningServer.StartAsync(options => options with { TlsCertificate = pfx }, load: false);
        server.Accept = hash => hash == certificate.GetCertHashString();

        Assert.StartsWith("https://localhost:", server.Web.Url, StringComparison.Ordinal);
        using var response = await server.SendAsync("GET", "/livez");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
