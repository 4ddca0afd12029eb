using System.Globalization;
using System.Text;

namespace LiveAvatar.Results.Html;

/// <summary>Writes elements that are always closed, and texts that are always encoded: well-formed as HTML and as XML.</summary>
internal sealed class HtmlWriter
{
    private readonly StringBuilder _page = new();

    /// <summary>An element with contents; closed when the returned value is disposed of.</summary>
    public OpenElement Open(string name, params ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        Start(name, attributes);
        _page.Append('>');
        return new OpenElement(this, name);
    }

    /// <summary>An element that holds a text.</summary>
    public void Text(string name, string text, params ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        Start(name, attributes);
        _page.Append('>');
        Append(text);
        Close(name);
    }

    /// <summary>A text on its own.</summary>
    public void Text(string text) => Append(text);

    /// <summary>An element without contents. In HTML itself only the void ones may be written so; in SVG any.</summary>
    public void Empty(string name, params ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        Start(name, attributes);
        _page.Append(" />");
    }

    /// <summary>Text that is part of the program, as it stands.</summary>
    public void Raw(string text) => _page.Append(text);

    /// <inheritdoc />
    public override string ToString() => _page.ToString();

    internal void Close(string name) => _page.Append("</").Append(name).Append(">\n");

    private void Start(string name, ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        _page.Append('<').Append(name);
        foreach (var (attribute, value) in attributes)
        {
            if (value is not null)
            {
                _page.Append(' ').Append(attribute).Append("=\"");
                Append(value is double number ? Math.Round(number, 2).ToString(CultureInfo.InvariantCulture) : Convert.ToString(value, CultureInfo.InvariantCulture)!);
                _page.Append('"');
            }
        }
    }

    private void Append(string text)
    {
        foreach (var rune in text.EnumerateRunes()) // half a surrogate pair comes as U+FFFD
        {
            _ = rune.Value switch
            {
                '&' => _page.Append("&amp;"),
                '<' => _page.Append("&lt;"),
                '>' => _page.Append("&gt;"),
                '"' => _page.Append("&quot;"),
                '\'' => _page.Append("&#39;"),
                '\n' or '\t' => _page.Append(' '),
                < 0x20 or (>= 0x7F and < 0xA0) or 0xFFFE or 0xFFFF => _page.Append('\uFFFD'), // not allowed in XML, or not meant to be seen
                _ => _page.Append(rune.ToString()),
            };
        }
    }
}
