using System.Net;
using System.Text;
using LiveAvatar.Rtc.Ice;
using LiveAvatar.Rtc.Transport;

namespace LiveAvatar.Rtc.Tests.Ice;

public sealed class IceLiteAgentTests
{
    private static readonly byte[] Transaction = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    private readonly IceCredentials _local = IceCredentials.Create();
    private readonly IceLiteAgent _agent;

    public IceLiteAgentTests() => _agent = new IceLiteAgent(_local, "peer");

    [Fact]
    public void ValidCheck_IsAnsweredWithTheSendersAddress()
    {
        var outcome = Check(Path(1), out var answer);
        Assert.True(outcome.IsValid);
        Assert.True(outcome.SelectedChanged);
        Assert.Equal(Path(1), _agent.Selected);
        Assert.True(StunMessage.TryParse(answer, out var message));
        Assert.Equal(StunType.BindingSuccess, message.Type);
        Assert.True(message.TransactionId.SequenceEqual(Transaction));
        Assert.True(message.VerifyIntegrity(_local.PasswordBytes));
    }

    [Fact]
    public void WrongPassword_IsMetWithSilence() => Assert.Equal(IceOutcome.Silence, Check(Path(1), out _, password: "wrongwrongwrongwrongwrong"));

    [Fact]
    public void WrongPassword_HasNoEffect()
    {
        Check(Path(1), out _, password: "wrongwrongwrongwrongwrong", nominate: true);
        Assert.Null(_agent.Selected);
    }

    [Fact]
    public void UnknownUfrag_IsMetWithSilence() => Assert.Equal(IceOutcome.Silence, Check(Path(1), out _, username: "AAAAAAAA:peer"));

    [Fact]
    public void MissingFingerprint_IsMetWithSilence() => Assert.Equal(IceOutcome.Silence, Check(Path(1), out _, fingerprint: false));

    [Theory]
    [InlineData("role", 487)]
    [InlineData("priority", 400)]
    [InlineData("user", 401)]
    [InlineData("unknown", 420)]
    public void AuthenticButImproperCheck_IsRefusedByNumber(string fault, int code)
    {
        var outcome = Check(
            Path(1),
            out var answer,
            username: fault == "user" ? $"{_local.Ufrag}:else" : null,
            controlled: fault == "role",
            priority: fault != "priority",
            unknown: fault == "unknown");
        Assert.False(outcome.IsValid);
        Assert.Null(_agent.Selected);
        Assert.True(StunMessage.TryParse(answer, out var message));
        Assert.Equal(StunType.BindingError, message.Type);
        Assert.True(message.VerifyIntegrity(_local.PasswordBytes));
        Assert.Equal(code, (answer[26] * 100) + answer[27]);
    }

    [Fact]
    public void NominationMoves_SelectionFollows()
    {
        Check(Path(1), out _, nominate: true);
        Check(Path(2), out _);
        Assert.Equal(Path(1), _agent.Selected);
        Assert.True(Check(Path(2), out _, nominate: true).SelectedChanged);
        Assert.Equal(Path(2), _agent.Selected);

        // Back again, as a browser does whose first network returns.
        Check(Path(1), out _);
        Assert.True(Check(Path(1), out _, nominate: true).SelectedChanged);
        Assert.Equal(Path(1), _agent.Selected);
    }

    [Fact]
    public void AggressiveNomination_DoesNotFlap()
    {
        Check(Path(1), out _, nominate: true, at: 0);
        Check(Path(2), out _, nominate: true, at: 1);
        var changes = 0;
        for (var second = 2; second < 20; second++)
        {
            changes += Check(Path(1), out _, nominate: true, at: second).SelectedChanged ? 1 : 0;
            changes += Check(Path(2), out _, nominate: true, at: second).SelectedChanged ? 1 : 0;
        }

        Assert.Equal(0, changes);
    }

    [Fact]
    public void AggressiveNominationOfTheOnlyLivingPath_TakesOver()
    {
        Check(Path(1), out _, nominate: true, at: 0);
        Check(Path(2), out _, nominate: true, at: 1);
        Assert.True(Check(Path(1), out _, nominate: true, at: 10).SelectedChanged);
    }

    [Fact]
    public void ManyPaths_NeverPushOutTheSelectedOne()
    {
        Check(Path(1), out _, nominate: true);
        var evicted = new List<NetworkPath>();
        for (var port = 2; port < 40; port++)
        {
            if (Check(Path(port), out _, at: port).Evicted is { } path)
            {
                evicted.Add(path);
            }
        }

        Assert.Equal(Path(1), _agent.Selected);
        Assert.Equal(IceLiteAgent.MaxPaths, _agent.Paths.Count());
        Assert.DoesNotContain(Path(1), evicted);
        Assert.Equal(39 - IceLiteAgent.MaxPaths, evicted.Count);
    }

    [Fact]
    public void Restart_KeepsTheOldGenerationUntilTheNewIsNominated()
    {
        Check(Path(1), out _, nominate: true);
        var next = IceCredentials.Create();
        _agent.Restart(next, "newer");
        Assert.True(Check(Path(1), out _, nominate: true).IsValid);

        var outcome = Check(Path(2), out _, username: $"{next.Ufrag}:newer", password: next.Password, nominate: true);
        Assert.True(outcome.IsValid);
        Assert.Same(_local, outcome.Retired);
        Assert.Equal(Path(2), _agent.Selected);
        Assert.Equal(IceOutcome.Silence, Check(Path(1), out _, nominate: true));
    }

    private static NetworkPath Path(int port) => new(0, RemoteAddress.From(new IPEndPoint(IPAddress.Loopback, port)));

    private IceOutcome Check(
        NetworkPath from,
        out byte[] answer,
        string? username = null,
        string? password = null,
        bool nominate = false,
        bool controlled = false,
        bool priority = true,
        bool unknown = false,
        bool fingerprint = true,
        double at = 0)
    {
        var buffer = new byte[256];
        var writer = new StunWriter(buffer, StunType.BindingRequest, Transaction);
        writer.Add(StunAttribute.Username, Encoding.ASCII.GetBytes(username ?? $"{_local.Ufrag}:peer"));
        writer.Add(controlled ? StunAttribute.IceControlled : StunAttribute.IceControlling, new byte[8]);
        if (priority)
        {
            writer.Add(StunAttribute.Priority, [1, 2, 3, 4]);
        }

        if (unknown)
        {
            writer.Add(0x7777, [1]);
        }

        if (nominate)
        {
            writer.Add(StunAttribute.UseCandidate, []);
        }

        var length = writer.Finish(Encoding.ASCII.GetBytes(password ?? _local.Password));
        if (!fingerprint)
        {
            length -= 8;
            buffer[3] -= 8;
        }

        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, length), out var request));
        var output = new byte[256];
        var outcome = _agent.HandleCheck(request, from, TimeSpan.FromSeconds(at), output);
        answer = output[..outcome.AnswerLength];
        return outcome;
    }
}
