namespace LiveAvatar.Results.Html;

/// <summary>An element whose contents are being written.</summary>
internal readonly ref struct OpenElement(HtmlWriter writer, string name)
{
    public void Dispose() => writer.Close(name);
}
