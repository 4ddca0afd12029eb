using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using LiveAvatar.V1;

namespace LiveAvatar.Server.Tests.Rpc;

[Trait("Category", "unit")]
public sealed class RecordingServiceTests : IAsyncLifetime
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"liveavatar-recordings-{Guid.NewGuid():N}");
    private RpcCall _call = null!;
    private RecordingService.RecordingServiceClient _recordings = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _call = await RpcCall.CreateAsync(change: options => options with { Recordings = _folder });
        _recordings = new RecordingService.RecordingServiceClient(_call.Channel);
    }

    public async ValueTask DisposeAsync()
    {
        await _call.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Recording_IsListedDownloadedAndDeleted()
    {
        var started = await StartAsync();
        Assert.True(started.Recording_);
        Assert.Matches($@"^\d{{8}}-\d{{6}}-{_call.Session.Id[..8]}\.webm$", started.Name);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder, started.Name)));
        }

        await UntilItPlaysAsync(1);
        var stopped = await _recordings.StopAsync(new StopRecordingRequest { Session = _call.Session.Id }, _call.Secret, cancellationToken: Cancellation);
        Assert.False(stopped.Recording_);
        Assert.Equal(new FileInfo(Path.Combine(_folder, stopped.Name)).Length, stopped.Bytes);
        Assert.Equal(stopped, Assert.Single(await ListAsync()));

        var file = await File.ReadAllBytesAsync(Path.Combine(_folder, stopped.Name), Cancellation);
        Assert.Equal(file, await DownloadAsync(stopped.Name));
        using var response = await GetAsync(_call.Session.Id, stopped.Name, _call.Secret[0].Value);
        Assert.Equal((HttpStatusCode.OK, "video/webm"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Equal(file, await response.Content.ReadAsByteArrayAsync(Cancellation));

        await DeleteAsync(stopped.Name);
        Assert.Empty(await ListAsync());
        Assert.False(File.Exists(Path.Combine(_folder, stopped.Name)));
    }

    [Fact]
    public async Task EndOfTheSession_CompletesItAndItsSecretStillOpensIt()
    {
        var started = await StartAsync();
        await UntilItPlaysAsync(0.5);
        await _call.Sessions.CloseAsync(new CloseSessionRequest { Session = _call.Session.Id }, _call.Secret, cancellationToken: Cancellation);

        Assert.False(Assert.Single(await ListAsync()).Recording_);
        Assert.NotEmpty(await DownloadAsync(started.Name));
        await DeleteAsync(started.Name);
    }

    [Fact]
    public async Task WrongOrder_IsAPrecondition()
    {
        await AssertAsync(StatusCode.FailedPrecondition, StopAsync);
        var started = await StartAsync();
        await AssertAsync(StatusCode.FailedPrecondition, () => StartAsync());
        await AssertAsync(StatusCode.FailedPrecondition, () => DeleteAsync(started.Name));
        await StopAsync();
        await AssertAsync(StatusCode.FailedPrecondition, StopAsync);
        var second = await StartAsync();
        Assert.NotEqual(started.Name, second.Name);
        Assert.Equal([second.Name, started.Name], (await ListAsync()).Select(recording => recording.Name));
    }

    [Theory]
    [InlineData("../secret.txt")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("20200101-000000-00000000.webm")]
    public async Task UnknownName_IsNotFound(string name)
    {
        await StartAsync();
        await AssertAsync(StatusCode.NotFound, () => DownloadAsync(name));
        await AssertAsync(StatusCode.NotFound, () => DeleteAsync(name));
        using var response = await GetAsync(_call.Session.Id, Uri.EscapeDataString(name), _call.Secret[0].Value);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task OtherSessionsSecret_OpensNothing()
    {
        var started = await StartAsync();
        var other = await _call.Sessions.CreateAsync(new CreateSessionRequest(), cancellationToken: Cancellation);
        var foreign = new Metadata { { "authorization", $"Bearer {other.Secret}" } };
        await AssertAsync(StatusCode.NotFound, async () => await _recordings.ListAsync(new ListRecordingsRequest { Session = _call.Session.Id }, foreign, cancellationToken: Cancellation));
        await AssertAsync(StatusCode.NotFound, () => DownloadAsync(started.Name, foreign));
        await AssertAsync(StatusCode.NotFound, async () => await _recordings.StopAsync(new StopRecordingRequest { Session = _call.Session.Id }, foreign, cancellationToken: Cancellation));

        // Nor does it open the file as its own session's.
        await AssertAsync(StatusCode.NotFound, () => DownloadAsync(started.Name, foreign, other.Session));
        await AssertAsync(StatusCode.Unauthenticated, async () => await _recordings.ListAsync(new ListRecordingsRequest { Session = _call.Session.Id }, cancellationToken: Cancellation));
        using var without = await GetAsync(_call.Session.Id, started.Name, null);
        using var with = await GetAsync(_call.Session.Id, started.Name, $"Bearer {other.Secret}");
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.NotFound), (without.StatusCode, with.StatusCode));
    }

    [Fact]
    public async Task MotionOnly_HasNothingToRecord()
    {
        var motion = await _call.Sessions.CreateAsync(new CreateSessionRequest { MotionOnly = true }, cancellationToken: Cancellation);
        await AssertAsync(StatusCode.FailedPrecondition, async () => await _recordings.StartAsync(
            new StartRecordingRequest { Session = motion.Session }, new Metadata { { "authorization", $"Bearer {motion.Secret}" } }, cancellationToken: Cancellation));
        await StartAsync();
    }

    private static async Task AssertAsync(StatusCode code, Func<Task> call) => Assert.Equal(code, (await Assert.ThrowsAsync<RpcException>(call)).StatusCode);

    private async Task<Recording> StartAsync() =>
        await _recordings.StartAsync(new StartRecordingRequest { Session = _call.Session.Id }, _call.Secret, cancellationToken: Cancellation);

    private async Task StopAsync() =>
        await _recordings.StopAsync(new StopRecordingRequest { Session = _call.Session.Id }, _call.Secret, cancellationToken: Cancellation);

    private async Task DeleteAsync(string name) => await _recordings.DeleteAsync(
        new DeleteRecordingRequest { Session = _call.Session.Id, Recording = name }, _call.Secret, cancellationToken: Cancellation);

    private async Task<IEnumerable<Recording>> ListAsync() => (await _recordings.ListAsync(
        new ListRecordingsRequest { Session = _call.Session.Id }, _call.Secret, cancellationToken: Cancellation)).Recordings;

    private async Task<byte[]> DownloadAsync(string name, Metadata? secret = null, string? session = null)
    {
        using var download = _recordings.Download(
            new DownloadRecordingRequest { Session = session ?? _call.Session.Id, Recording = name }, secret ?? _call.Secret, cancellationToken: Cancellation);
        var bytes = new List<byte>();
        await foreach (var part in download.ResponseStream.ReadAllAsync(Cancellation))
        {
            bytes.AddRange(part.Data);
        }

        return [.. bytes];
    }

    private async Task<HttpResponseMessage> GetAsync(string session, string name, string? authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/recordings/{session}/{name}");
        request.Headers.Authorization = authorization is null ? null : AuthenticationHeaderValue.Parse(authorization);
        return await _call.Server.Client.SendAsync(request, Cancellation);
    }

    private async Task UntilItPlaysAsync(double seconds)
    {
        for (var i = 0; i < 200; i++)
        {
            if ((await ListAsync()).First().Duration.ToTimeSpan().TotalSeconds >= seconds)
            {
                return;
            }

            await Task.Delay(50, Cancellation);
        }

        Assert.Fail($"the recording is shorter than {seconds} s after 10 s");
    }
}
