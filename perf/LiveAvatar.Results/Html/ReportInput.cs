namespace LiveAvatar.Results.Html;

/// <summary>The files of a report.</summary>
/// <param name="Runs">What it shows.</param>
/// <param name="Skipped">What it cannot show.</param>
public sealed record ReportInput(IReadOnlyList<ReportedRun> Runs, IReadOnlyList<SkippedFile> Skipped)
{
    /// <summary>Reads files, and the *.json of folders. What is no result is skipped in a folder, and an error when it was named.</summary>
    /// <exception cref="ResultFileException">A named file cannot be used, or there is no result at all.</exception>
    public static ReportInput Read(IReadOnlyList<string> paths)
    {
        var (runs, skipped) = (new List<ReportedRun>(), new List<SkippedFile>());
        foreach (var path in paths)
        {
            if (!Directory.Exists(path))
            {
                runs.Add(new ReportedRun(Path.GetFileName(path), RunResult.Read(path)));
                continue;
            }

            foreach (var file in FilesOf(path))
            {
                try
                {
                    runs.Add(new ReportedRun(Path.GetFileName(file), RunResult.Read(file)));
                }
                catch (ResultFileException e)
                {
                    skipped.Add(new SkippedFile(Path.GetFileName(file), e.Message.Replace(file, "It", StringComparison.Ordinal)));
                }
            }
        }

        return runs.Count > 0
            ? new ReportInput(runs, skipped)
            : throw new ResultFileException($"No results in {string.Join(", ", paths)}{(skipped.Count > 0 ? $" ({skipped.Count} files of another format)" : "")}: measure first, such as with ./liveavatar perf call.");
    }

    private static string[] FilesOf(string folder)
    {
        try
        {
            return [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ResultFileException($"{folder} cannot be read: {e.Message}", e);
        }
    }
}
