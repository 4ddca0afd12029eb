using System.Runtime.CompilerServices;

namespace LiveAvatar.Server.Tests;

/// <summary>Files of this checkout that tests read.</summary>
internal static class Checkout
{
    public static string TinyPack => PathOf("tests", "packs", "tiny");

    public static string Offer(string name) => File.ReadAllText(PathOf("tests", "vectors", "sdp", name + ".sdp"));

    public static string PathOf(params string[] parts) => Path.GetFullPath(Path.Combine([Root(), .. parts]));

    private static string Root([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "..", "..");
}
