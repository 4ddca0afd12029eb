namespace LiveAvatar.EndToEnd.Tests.Instruments;

/// <summary>Reads the scripts that stand in for a face and a server; each is one function expression.</summary>
internal static class EmbeddedScript
{
    public static string Read(string name)
    {
        using var reader = new StreamReader(typeof(EmbeddedScript).Assembly.GetManifestResourceStream(name)!);
        var text = reader.ReadToEnd();
        return text[text.IndexOf("async (", StringComparison.Ordinal)..];
    }
}
