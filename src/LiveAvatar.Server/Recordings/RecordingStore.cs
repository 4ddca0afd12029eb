using System.Globalization;
using LiveAvatar.Pipeline;
using LiveAvatar.Pipeline.Recording;
using LiveAvatar.Server.Configuration;
using LiveAvatar.Server.Hosting;

namespace LiveAvatar.Server.Recordings;

/// <summary>One recording of a session.</summary>
/// <param name="Name">Its file's name.</param>
/// <param name="Path">Its file.</param>
/// <param name="Started">When it began.</param>
/// <param name="Recorder">What writes it, or wrote it.</param>
internal sealed record RecordingEntry(string Name, string Path, DateTimeOffset Started, SessionRecorder Recorder)
{
    /// <summary>It is still being written.</summary>
    public bool IsRunning => Recorder.IsRunning;
}

/// <summary>The recordings of this process: which file belongs to which session.</summary>
/// <remarks>
/// Files stay when the server ends. Which session they belong to is known only as long as its secret is, so it is kept in
/// memory, and a name is looked up there, never in the folder: no request reaches a file that is not its session's.
/// </remarks>
internal sealed class RecordingStore(ServerOptions options, TimeProvider time)
{
    /// <summary>A recording is not begun with less than this free: an hour takes about 600 MB, and others need the disk too.</summary>
    public const long LeastFreeBytes = 500L << 20;

    private const int ShortIdLength = 8;
    private static readonly TimeSpan FullRetry = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new(); // guards _sessions and its lists
    private readonly Dictionary<string, List<RecordingEntry>> _sessions = new(StringComparer.Ordinal);

    private string Folder => options.Recordings ?? Path.Combine(UserFolder.Data, "recordings");

    /// <summary>Begins to record a session.</summary>
    /// <exception cref="RecordingException">It is recorded already, or no file can be made.</exception>
    /// <exception cref="CapacityException">The disk is nearly full.</exception>
    public RecordingEntry Start(AvatarSession session)
    {
        var now = time.GetUtcNow();
        var (name, path) = ("", "");
        var recorder = session.StartRecording(() => Open(session.Id, now, out name, out path));
        var entry = new RecordingEntry(name, path, now, recorder);
        lock (_gate)
        {
            if (!_sessions.TryGetValue(session.Id, out var entries))
            {
                _sessions[session.Id] = entries = [];
            }

            entries.Insert(0, entry);
        }

        return entry;
    }

    /// <summary>Ends a session's recording and completes its file.</summary>
    /// <exception cref="RecordingException">It is not recorded.</exception>
    public async Task<RecordingEntry> StopAsync(AvatarSession session)
    {
        var recorder = await session.StopRecordingAsync().ConfigureAwait(false);
        return List(session.Id).First(entry => entry.Recorder == recorder);
    }

    /// <summary>A session's recordings, newest first.</summary>
    public IReadOnlyList<RecordingEntry> List(string session)
    {
        lock (_gate)
        {
            return _sessions.TryGetValue(session, out var entries) ? [.. entries] : [];
        }
    }

    /// <summary>One of a session's recordings.</summary>
    public RecordingEntry? Find(string session, string name) => List(session).FirstOrDefault(entry => entry.Name == name);

    /// <summary>Deletes a recording that is complete.</summary>
    /// <exception cref="RecordingException">It is still being written.</exception>
    public void Delete(string session, RecordingEntry entry)
    {
        if (entry.IsRunning)
        {
            throw new RecordingException("The recording is still being written; stop it first.");
        }

        File.Delete(entry.Path);
        lock (_gate)
        {
            _sessions[session].Remove(entry);
        }
    }

    private FileStream Open(string session, DateTimeOffset now, out string name, out string path)
    {
        try
        {
            Directory.CreateDirectory(Folder);
            if (new DriveInfo(Path.GetFullPath(Folder)).AvailableFreeSpace < LeastFreeBytes)
            {
                throw new CapacityException($"Less than {LeastFreeBytes >> 20} MB are free where recordings are kept. Make room, or choose another folder with --recordings.", FullRetry);
            }

            for (var number = 1; ; number++)
            {
                var suffix = number == 1 ? "" : $"-{number}";
                name = string.Create(CultureInfo.InvariantCulture, $"{now:yyyyMMdd-HHmmss}-{session.AsSpan(0, ShortIdLength)}{suffix}.webm");
                path = Path.Combine(Folder, name);
                if (!File.Exists(path))
                {
                    return Create(path);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RecordingException($"No file can be made in the folder for recordings (--recordings): {e.Message}");
        }
    }

    // A voice is nobody's but its owner's.
    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }
}
