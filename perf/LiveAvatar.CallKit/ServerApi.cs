using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace LiveAvatar.CallKit;

/// <summary>The server's HTTP interface as a test sees it.</summary>
public sealed class ServerApi(Uri address) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>The server says it can take calls.</summary>
    public async Task<bool> IsReadyAsync()
    {
        try
        {
            using var response = await _http.GetAsync(new Uri("/readyz", UriKind.Relative)).ConfigureAwait(false);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>A session's statistics, or null when there is no such session.</summary>
    public async Task<JsonElement?> GetStatisticsAsync(string session)
    {
        using var response = await _http.GetAsync(new Uri($"/api/sessions/{session}/stats", UriKind.Relative)).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync().ConfigureAwait(false)).RootElement;
    }

    /// <summary>The moments of a session's last frames, up to 20 s back.</summary>
    public async Task<IReadOnlyList<LedgerFrame>> GetFramesAsync(string session)
    {
        var text = await _http.GetStringAsync(new Uri($"/api/sessions/{session}/frames", UriKind.Relative)).ConfigureAwait(false);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<LedgerFrame>(line, JsonSerializerOptions.Web)!)];
    }

    /// <summary>The Prometheus page.</summary>
    public Task<string> GetMetricsAsync() => _http.GetStringAsync(new Uri("/metrics", UriKind.Relative));

    /// <summary>One value of the Prometheus page, by its name with all its labels, or summed over them by its name alone; null when there is none.</summary>
    public async Task<double?> GetMetricAsync(string name)
    {
        var lines = (await GetMetricsAsync().ConfigureAwait(false)).Split('\n')
            .Where(line => line.StartsWith(name + " ", StringComparison.Ordinal) || line.StartsWith(name + "{", StringComparison.Ordinal))
            .ToList();
        return lines.Count == 0
            ? null
            : lines.Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Any request, for tests of what the server refuses.</summary>
    /// <returns>Status, media type and body.</returns>
    public async Task<(HttpStatusCode Status, string? MediaType, string Body)> SendAsync(
        string method, string path, string? body = null, string contentType = "application/sdp")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.RelativeOrAbsolute));
        if (body is not null)
        {
            request.Content = new StringContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(contentType) } };
        }

        using var response = await _http.SendAsync(request).ConfigureAwait(false);
        return (response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync().ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
