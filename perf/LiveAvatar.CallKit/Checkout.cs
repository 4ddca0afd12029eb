namespace LiveAvatar.CallKit;

/// <summary>Finds this repository's files from wherever a tool of it was built.</summary>
public static class Checkout
{
    /// <summary>The folder that holds LiveAvatar.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A path inside the repository.</summary>
    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>A program of this checkout, as it was built in the configuration that this one was built in.</summary>
    /// <param name="folder">"src" or "perf".</param>
    /// <param name="name">The project's.</param>
    /// <exception cref="CallKitException">It is not built.</exception>
    public static string Program(string folder, string name)
    {
        var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        var program = At(folder, name, "bin", configuration, "net10.0", name);
        return File.Exists(program) ? program : throw new CallKitException($"{name} is not built: {program} is missing. Build it: dotnet build -c {configuration}");
    }

    /// <summary>The commit checked out, with "+" when files differ from it; "unknown" without git.</summary>
    public static string DescribeCommit()
    {
        try
        {
            var commit = Git("rev-parse --short=12 HEAD");
            return Git("status --porcelain --untracked-files=no").Length > 0 ? commit + "+" : commit;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return "unknown";
        }
    }

    private static string Git(string arguments)
    {
        var start = new System.Diagnostics.ProcessStartInfo("git", arguments) { WorkingDirectory = Root, RedirectStandardOutput = true };
        using var git = System.Diagnostics.Process.Start(start)!;
        var text = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        return git.ExitCode == 0 ? text : throw new InvalidOperationException("git failed");
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LiveAvatar.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("This tool runs inside a checkout of LiveAvatar: no LiveAvatar.sln above " + AppContext.BaseDirectory);
    }
}
