using System.Buffers.Binary;
using System.Text;
using LiveAvatar.Rtc.Transport;

namespace LiveAvatar.Rtc.Ice;

/// <summary>Answers one peer's connectivity checks as an ICE-lite agent and knows which way to the peer is chosen (RFC 8445).</summary>
/// <remarks>
/// A pure state machine: no socket, clock or lock. A lite agent sends no checks, is always controlled and offers host
/// candidates only; the browser does the probing. Called under the peer's transport lock.
/// </remarks>
internal sealed class IceLiteAgent
{
    /// <summary>Validated paths kept per peer; a browser with several networks uses two to four.</summary>
    public const int MaxPaths = 8;

    /// <summary>A chosen path silent for this long loses against any nominated one: checks come every 2.5 s at most in browsers.</summary>
    private static readonly TimeSpan PathSilence = TimeSpan.FromSeconds(3);

    private readonly List<ValidPath> _paths = new(MaxPaths);
    private Generation _current;
    private Generation? _previous;
    private int _selected = -1;

    public IceLiteAgent(IceCredentials local, string remoteUfrag) => _current = new Generation(local, Encoding.UTF8.GetBytes(remoteUfrag));

    /// <summary>Our credentials of the current generation.</summary>
    public IceCredentials Local => _current.Local;

    /// <summary>Our credentials before a restart that is not finished yet.</summary>
    public IceCredentials? PreviousLocal => _previous?.Local;

    /// <summary>Where to send, or null before the first valid check.</summary>
    public NetworkPath? Selected => _selected < 0 ? null : _paths[_selected].Path;

    /// <summary>The peer has nominated a path; until then <see cref="Selected"/> is the first one that worked.</summary>
    public bool IsNominated => _selected >= 0 && _paths[_selected].Nominated;

    /// <summary>The validated paths, for the demultiplexer to forget at the end.</summary>
    public IEnumerable<NetworkPath> Paths => _paths.Select(entry => entry.Path);

    /// <summary>Begins an ICE restart (RFC 8445 section 9): both generations are answered until the new one has a nominated path.</summary>
    public void Restart(IceCredentials local, string remoteUfrag)
    {
        _previous = _current;
        _current = new Generation(local, Encoding.UTF8.GetBytes(remoteUfrag));
    }

    /// <summary>Handles a binding request whose user name names this agent, and writes the answer due.</summary>
    public IceOutcome HandleCheck(in StunMessage request, in NetworkPath from, TimeSpan now, Span<byte> answer)
    {
        if (!IceCredentials.TryReadUsername(request.Username, out var key, out var theirUfrag)
            || FindGeneration(key) is not { } generation
            || !request.HasFingerprint
            || !request.VerifyIntegrity(generation.Local.PasswordBytes))
        {
            return IceOutcome.Silence;
        }

        if (request.UnknownRequired != 0)
        {
            return new IceOutcome(WriteUnknownAttribute(request, generation, answer));
        }

        if (!theirUfrag.SequenceEqual(generation.RemoteUfrag))
        {
            return new IceOutcome(WriteError(request, generation, 401, "Unauthorized", answer));
        }

        if (request.Priority is null || (request.IsControlled && request.IsControlling))
        {
            return new IceOutcome(WriteError(request, generation, 400, "Bad Request", answer));
        }

        if (request.IsControlled)
        {
            // We are lite and cannot lead: the peer must (section 7.3.1.1).
            return new IceOutcome(WriteError(request, generation, 487, "Role Conflict", answer));
        }

        var evicted = Note(from, now, out var index);
        var changed = Choose(index, request.UseCandidate, now);
        IceCredentials? retired = null;
        if (request.UseCandidate && generation == _current && _previous is not null)
        {
            retired = _previous.Local;
            _previous = null;
        }

        var writer = new StunWriter(answer, StunType.BindingSuccess, request.TransactionId);
        writer.AddXorMappedAddress(from.Remote);
        return new IceOutcome(writer.Finish(generation.Local.PasswordBytes), true, changed, evicted, retired);
    }

    private Generation? FindGeneration(ulong key) =>
        key == _current.Local.Key ? _current : key == _previous?.Local.Key ? _previous : null;

    private static int WriteError(in StunMessage request, Generation generation, int code, string reason, Span<byte> answer)
    {
        var writer = new StunWriter(answer, StunType.BindingError, request.TransactionId);
        writer.AddError(code, reason);
        return writer.Finish(generation.Local.PasswordBytes);
    }

    private static int WriteUnknownAttribute(in StunMessage request, Generation generation, Span<byte> answer)
    {
        var writer = new StunWriter(answer, StunType.BindingError, request.TransactionId);
        writer.AddError(420, "Unknown Attribute");
        Span<byte> type = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(type, request.UnknownRequired);
        writer.Add(StunAttribute.UnknownAttributes, type);
        return writer.Finish(generation.Local.PasswordBytes);
    }

    /// <summary>Enters or refreshes a validated path; a full list gives up the one silent for longest.</summary>
    private NetworkPath? Note(in NetworkPath from, TimeSpan now, out int index)
    {
        for (index = 0; index < _paths.Count; index++)
        {
            if (_paths[index].Path == from)
            {
                _paths[index] = _paths[index] with { LastCheck = now };
                return null;
            }
        }

        var entry = new ValidPath(from, now, false);
        if (_paths.Count < MaxPaths)
        {
            _paths.Add(entry);
            return null;
        }

        index = _selected == 0 ? 1 : 0;
        for (var other = index + 1; other < _paths.Count; other++)
        {
            index = other != _selected && _paths[other].LastCheck < _paths[index].LastCheck ? other : index;
        }

        var evicted = _paths[index].Path;
        _paths[index] = entry;
        return evicted;
    }

    /// <summary>Decides whether the path just checked becomes the chosen one.</summary>
    /// <remarks>
    /// A browser facing a lite agent sets USE-CANDIDATE on the pair it has selected and moves the flag when it moves. An
    /// older, aggressive agent sets it on every check (RFC 5245 section 8.1.1.2). Following each newly flagged path, and
    /// leaving a chosen one else only if it is unflagged or silent, serves the first and does not flap with the second.
    /// </remarks>
    private bool Choose(int index, bool useCandidate, TimeSpan now)
    {
        var path = _paths[index];
        var newlyNominated = useCandidate && !path.Nominated;
        _paths[index] = path with { Nominated = useCandidate };
        if (_selected == index)
        {
            return false;
        }

        if (_selected >= 0)
        {
            var chosen = _paths[_selected];
            var mayLeave = !chosen.Nominated || newlyNominated || now - chosen.LastCheck > PathSilence;
            if (!useCandidate || !mayLeave)
            {
                return false;
            }
        }

        _selected = index;
        return true;
    }

    private sealed record Generation(IceCredentials Local, byte[] RemoteUfrag);

    private readonly record struct ValidPath(NetworkPath Path, TimeSpan LastCheck, bool Nominated);
}
