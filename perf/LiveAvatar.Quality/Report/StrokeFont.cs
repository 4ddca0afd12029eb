namespace LiveAvatar.Quality.Report;

/// <summary>A stroke alphabet for plots: capitals, digits and some signs as polylines on a grid of 4 × 6.</summary>
/// <remarks>Each glyph is a list of polylines parted by spaces; each point is a digit for x (0 left) and one for y (0 top).</remarks>
internal static class StrokeFont
{
    internal const int Width = 4, Height = 6, Advance = 6;

    private static readonly Dictionary<char, string> Glyphs = new()
    {
        ['A'] = "062046 1434", ['B'] = "06003041423303 3344453606", ['C'] = "41301001051636 3645", ['D'] = "06002042442606", ['E'] = "40000646 0333",
        ['F'] = "400006 0333", ['G'] = "4130100105163645 454323", ['H'] = "0006 4046 0343", ['I'] = "1030 2026 1636", ['J'] = "404536160504", ['K'] = "0006 400346",
        ['L'] = "000646", ['M'] = "0600234046", ['N'] = "06004640", ['O'] = "103041453616050110", ['P'] = "06003041423303", ['Q'] = "103041453616050110 2446",
        ['R'] = "06003041423303 2346", ['S'] = "413010010213334445361605", ['T'] = "0040 2026", ['U'] = "000516364540", ['V'] = "002640", ['W'] = "0016233640",
        ['X'] = "0046 4006", ['Y'] = "002340 2326", ['Z'] = "00400646", ['0'] = "103041453616050110 4106", ['1'] = "112026 1636", ['2'] = "011030414206 0646",
        ['3'] = "0040224344364516 1605", ['4'] = "30043444 3036", ['5'] = "4000033343453606", ['6'] = "3010020516364544331303", ['7'] = "004016", ['8'] = "103041423313020110 3344453616050413",
        ['9'] = "431302011030414436 3616", ['.'] = "1626", [','] = "2516", [':'] = "2122 2526", ['-'] = "1333", ['+'] = "0343 2125", ['%'] = "4006 0011 3546",
        ['/'] = "4006", ['('] = "30121436", [')'] = "10323416", ['='] = "0242 0444", ['<'] = "400346", ['>'] = "004306", ['\''] = "2021", ['_'] = "0646", ['*'] = "0343 1036 3016",
    };

    /// <summary>The polylines of a text at a place, in pixels, in capitals; what has no glyph is left blank.</summary>
    internal static IEnumerable<(double X, double Y)[]> Strokes(string text, double x, double y, double scale)
    {
        foreach (var character in text.ToUpperInvariant())
        {
            foreach (var line in Glyphs.GetValueOrDefault(character, "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                var left = x;
                yield return [.. line.Chunk(2).Select(point => (left + ((point[0] - '0') * scale), y + ((point[1] - '0') * scale)))];
            }

            x += Advance * scale;
        }
    }

    /// <summary>Pixels that a text is wide.</summary>
    internal static double Measure(string text, double scale) => text.Length * Advance * scale;
}
