namespace LiveAvatar.Results.Html;

/// <summary>How wide a text of a chart will be, about: the reader's font is not known.</summary>
internal static class TextSize
{
    /// <summary>Of the labels of all charts, in units of the drawing.</summary>
    public const double Font = 12;

    /// <summary>Width in units of the drawing; rather too much.</summary>
    public static double Measure(string text) => text.Sum(c => c is '.' or ',' or ' ' or 'i' or 'l' or 'j' or '\u00A0' ? .33 : char.IsUpper(c) || c is 'm' or 'w' or '%' or '≤' or '≥' ? .86 : .63) * Font;

    /// <summary>The text, cut with an ellipsis where it is too wide.</summary>
    public static string Fit(string text, double width)
    {
        if (Measure(text) <= width)
        {
            return text;
        }

        var length = text.Length;
        while (length > 1 && Measure(text[..length]) + Font > width)
        {
            length--;
        }

        return text[..length].TrimEnd() + "…";
    }
}
