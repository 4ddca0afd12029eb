namespace LiveAvatar.Codecs.Tests;

/// <summary>A folder of a test's own, removed with everything in it.</summary>
internal sealed class TempFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("liveavatar-codecs-").FullName;

    public string this[string name] => Path.Combine(_path, name);

    public string Write(string name, ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(this[name], bytes);
        return this[name];
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
