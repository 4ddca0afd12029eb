namespace LiveAvatar.Results;

/// <summary>Writes what is made of results.</summary>
public static class ResultFile
{
    /// <summary>Writes a text, with the folder it goes to.</summary>
    /// <exception cref="ResultFileException">It cannot be written; the message says why.</exception>
    public static void Write(string path, string text)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            File.WriteAllText(path, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ResultFileException($"{path} cannot be written: {e.Message}", e);
        }
    }
}
