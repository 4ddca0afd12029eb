using System.Text.Json;

namespace LiveAvatar.CallKit;

/// <summary>Runs functions of a page. Arguments and results travel as JSON, which every browser's driver carries alike.</summary>
public static class ScriptedPages
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Evaluates an expression of the page, or what it promises, and reads its JSON.</summary>
    public static Task<T> EvaluateAsync<T>(this IScriptedPage page, string expression) => page.RunAsync<T>($"() => ({expression})");

    /// <summary>Runs a function of the page and reads the JSON of what it gives or promises.</summary>
    /// <param name="page">Where.</param>
    /// <param name="function">A function expression of at most one parameter.</param>
    /// <param name="argument">What it gets, its properties in camel case.</param>
    public static async Task<T> RunAsync<T>(this IScriptedPage page, string function, object? argument = null)
    {
        ArgumentNullException.ThrowIfNull(page);
        var text = await page.CallAsync(
            $"async text => JSON.stringify(await ({function})(JSON.parse(text)) ?? null)", JsonSerializer.Serialize(argument, Json)).ConfigureAwait(false);
        return JsonSerializer.Deserialize<T>(text, Json)!;
    }
}
