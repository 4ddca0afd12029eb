namespace LiveAvatar.Results.Html;

/// <summary>What the tables of a report share.</summary>
internal static class ReportTable
{
    /// <summary>The names of the columns; those that begin with "#" hold numbers.</summary>
    public static void WriteHead(HtmlWriter html, params ReadOnlySpan<string> columns)
    {
        using (html.Open("thead"))
        using (html.Open("tr"))
        {
            foreach (var column in columns)
            {
                html.Text("th", column.TrimStart('#'), ("class", column.StartsWith('#') ? "number" : null), ("scope", "col"));
            }
        }
    }

    /// <summary>A number, or an empty cell that a narrow screen leaves out.</summary>
    public static void WriteNumber(HtmlWriter html, string column, double? value) =>
        html.Text("td", value is { } number ? Number.Format(number) : "", ("data-of", value is null ? null : column), ("class", "number"));

    /// <summary>Whether a target was met, and by how much.</summary>
    public static void WriteVerdict(HtmlWriter html, TargetOutcome outcome)
    {
        using var cell = html.Open("span", ("class", outcome.IsMet switch { true => "met", false => "missed", null => "quiet" }));
        html.Text((outcome.IsMet switch { true => "✓ ", false => "✗ ", null => "" }) + outcome.Verdict());
    }
}
