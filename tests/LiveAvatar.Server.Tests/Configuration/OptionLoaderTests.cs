using System.Net;
using LiveAvatar.Inference;
using LiveAvatar.Media.Video;
using LiveAvatar.Server.Configuration;

namespace LiveAvatar.Server.Tests.Configuration;

[Trait("Category", "unit")]
public sealed class OptionLoaderTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void LaterPlaces_Win()
    {
        var options = Load(
            """{ "liveAvatar": { "httpPort": 1, "mediaPort": 2, "videoKbps": 300, "listen": ["192.0.2.1", "::1"] } }""",
            new() { ["LIVEAVATAR_MEDIA_PORT"] = "3", ["LIVEAVATAR_VIDEO_KBPS"] = "400", ["LIVEAVATAR_AVATAR"] = "" },
            new() { ["video-kbps"] = "500" });

        Assert.Equal((1, 3, 500), (options.HttpPort, options.MediaPort, options.VideoKbps));
        Assert.Equal([IPAddress.Parse("192.0.2.1"), IPAddress.IPv6Loopback], options.Listen);
        Assert.Null(options.Avatar);
    }

    [Theory]
    [InlineData("""{ "liveAvatar": { "htpPort": 1 } }""", "no option \"htpPort\"")]
    [InlineData("""{ "liveAvatar": { "httpPort": true } }""", "must be a text, a number or a list")]
    [InlineData("""{ "liveAvatar": { "httpPort": 70000 } }""", "\"httpPort\": '70000' is not a whole number from 0 to 65535")]
    [InlineData("""{ "liveAvatar": [] }""", "must be an object")]
    [InlineData("{", "Expected")]
    public void WrongFile_IsNamed(string json, string says)
    {
        var problem = Assert.Single(Problems(json, [], []));

        Assert.StartsWith(_file, problem, StringComparison.Ordinal);
        Assert.Contains(says, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("listen", "here", "not an IP address")]
    [InlineData("provider", "gpu", "auto, cpu, cuda, tensorrt")]
    [InlineData("precision", "int4", "auto, int8, fp32")]
    [InlineData("auto-emotion", "1.5", "not a number from 0 to 1")]
    [InlineData("auto-emotion", "-Infinity", "not a number from 0 to 1")]
    [InlineData("auto-emotion", "NaN", "not a number from 0 to 1")]
    [InlineData("pack", "/no/such/folder", "no folder")]
    [InlineData("tls-certificate", "/no/such/file", "no file")]
    [InlineData("otlp", "localhost:4318", "http://localhost:4318")]
    [InlineData("test-link", "1,200,0,0", "seed,loss,delay,jitter")]
    [InlineData("dev-cert", "a b", "not a host name")]
    [InlineData("grpc-port", "-1", "0 to 65535")]
    [InlineData("allow-origins", "example.org", "not an origin")]
    [InlineData("allow-origins", "https://example.org/", "not an origin")]
    [InlineData("allow-origins", "https://example.org/page", "not an origin")]
    [InlineData("allow-origins", "file://x", "not an origin")]
    [InlineData("tls-password", "x", "need tls-certificate")]
    public void WrongValue_SaysWhatIsAllowed(string name, string value, string says) =>
        Assert.Contains(says, Assert.Single(Problems("{}", [], new() { [name] = value })), StringComparison.Ordinal);

    [Fact]
    public void WrongVariable_IsNamed() =>
        Assert.StartsWith("environment LIVEAVATAR_MAX_SESSIONS: ", Assert.Single(Problems("{}", new() { ["LIVEAVATAR_MAX_SESSIONS"] = "0" }, [])), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("true")]
    public void DevCertAlone_MeansThisMachine(string value) =>
        Assert.Empty(Load("{}", [], new() { ["dev-cert"] = value }).DevCert!);

    [Fact]
    public void Values_AreRead()
    {
        var options = Load("{}", [], new()
        {
            ["precision"] = "INT8", ["auto-emotion"] = "0.25", ["video-codec"] = "H264", ["drain-time"] = "30", ["log-format"] = "json", ["test-link"] = "7,2.5,20,30", ["otlp"] = "http://localhost:4318", ["listen"] = "localhost", ["grpc-port"] = "0", ["allow-origins"] = "https://example.org, http://localhost:3000",
        });

        Assert.Equal((PrecisionPreference.Int8, 0.25f), (options.Precision, options.AutomaticEmotion));
        Assert.Equal(VideoCodec.H264, options.VideoCodec);
        Assert.Equal(TimeSpan.FromSeconds(30), options.DrainTime);
        Assert.Equal(LogFormat.Json, options.LogFormat);
        Assert.Equal(new TestLink(7, 2.5, TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(30)), options.TestLink);
        Assert.Equal([IPAddress.Loopback, IPAddress.IPv6Loopback], options.Listen);
        Assert.Equal(0, options.GrpcPort);
        Assert.Equal(["https://example.org", "http://localhost:3000"], options.AllowOrigins);
    }

    [Fact]
    public void Documentation_NamesEveryOption()
    {
        var page = File.ReadAllText(Checkout.PathOf("docs", "configuration.md"));

        Assert.All(OptionTable.All, option =>
        {
            Assert.Contains($"`--{option.Name}`", page, StringComparison.Ordinal);
            Assert.Contains($"`{option.EnvironmentName}`", page, StringComparison.Ordinal);
            Assert.Contains($"`{option.JsonName}`", page, StringComparison.Ordinal);
        });
    }

    private ServerOptions Load(string json, Dictionary<string, string> environment, Dictionary<string, string> commandLine)
    {
        File.WriteAllText(_file, json);
        var options = OptionLoader.Load([_file], name => environment.GetValueOrDefault(name), commandLine, out var problems);
        Assert.Empty(problems);
        return options;
    }

    private IReadOnlyList<string> Problems(string json, Dictionary<string, string> environment, Dictionary<string, string> commandLine)
    {
        File.WriteAllText(_file, json);
        OptionLoader.Load([_file], name => environment.GetValueOrDefault(name), commandLine, out var problems);
        return problems;
    }
}
