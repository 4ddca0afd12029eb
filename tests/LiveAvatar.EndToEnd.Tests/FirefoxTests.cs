using LiveAvatar.CallKit;

namespace LiveAvatar.EndToEnd.Tests;

/// <summary>The product's own pages in Firefox.</summary>
public sealed class FirefoxTests(Stage stage, ITestOutputHelper output)
{
    // Clicks as a person would, and waits as one would.
    private const string Script = """
        (() => {
          const until = async (test, what) => {
            const end = performance.now() + 15000;
            for (;;) {
              const found = test();
              if (found) return found;
              if (performance.now() > end) throw new Error(what + ' did not come; the page says: ' + document.querySelector('#state').textContent + ' ' + document.querySelector('#message-text').textContent);
              await new Promise((resolve) => setTimeout(resolve, 20));
            }
          };
          const frames = (video, count) => new Promise((resolve) => {
            const next = () => video.requestVideoFrameCallback(() => (--count > 0 ? next() : resolve(true)));
            next();
          });
          const live = () => document.querySelector('#state').dataset.state === 'live';
          window.person = {
            until, frames,
            async call(voice) {
              await until(() => document.querySelector('.avatar') && document.querySelector('.emotion'), 'the studio');
              document.querySelector(`input[name=voice][value=${voice}]`).click();
              document.querySelector('#call').click();
            },
            watch: async () => {
              await until(live, 'the call');
              await frames(liveAvatar.video, 50);
              return `${liveAvatar.video.videoWidth}x${liveAvatar.video.videoHeight}`;
            },
          };
        })()
        """;

    [Fact]
    public async Task StudioAndViewer_ShowMovingPictures()
    {
        var browser = await stage.FirefoxAsync();
        await using var studio = await OpenAsync(browser, (await stage.ServerAsync()).Address);
        await studio.EvaluateAsync<object>("person.call('english')");
        Assert.Equal("512x512", await studio.EvaluateAsync<string>("person.watch()"));
        Assert.True(await studio.EvaluateAsync<bool>("person.until(() => document.querySelector('#level').value > 0.05, 'the voice')"));

        var link = await studio.EvaluateAsync<string>("person.until(() => document.querySelector('#link').value, 'the link')");
        await using var viewer = await OpenAsync(browser, new Uri(link));
        Assert.Equal("512x512", await viewer.EvaluateAsync<string>("person.watch()"));
        var numbers = await viewer.EvaluateAsync<string>("person.until(() => document.querySelector('#network').textContent, 'the numbers')");
        output.WriteLine(numbers);
        Assert.Matches(@"^2[0-9] frames/s", numbers);
        Assert.Equal("", studio.Errors + viewer.Errors);
    }

    [Fact]
    public async Task Microphone_CallsToo()
    {
        await using var studio = await OpenAsync(await stage.FirefoxAsync(), (await stage.ServerAsync()).Address);
        await studio.EvaluateAsync<object>("person.call('microphone')");
        Assert.Equal("512x512", await studio.EvaluateAsync<string>("person.watch()"));
        Assert.Equal("", studio.Errors);
    }

    [Fact]
    public async Task NoSoundDevice_IsNamed()
    {
        await using var browser = await Firefox.LaunchAsync(hasSound: false);
        await using var studio = await OpenAsync(browser, (await stage.ServerAsync()).Address);
        await studio.EvaluateAsync<object>("person.call('english')");
        var said = await studio.EvaluateAsync<string>("person.until(() => document.querySelector('#message-text').textContent, 'a message')");
        output.WriteLine(said);
        Assert.Contains("no sound device", said, StringComparison.Ordinal);
        Assert.Equal("Call", await studio.EvaluateAsync<string>("document.querySelector('#call').textContent"));
    }

    // What measures with it says so too, instead of waiting until the driver loses patience.
    [Fact]
    public async Task NoSoundDevice_IsNamedByTheProbe()
    {
        await using var browser = await Firefox.LaunchAsync(hasSound: false);
        await using var probe = await browser.OpenProbeAsync((await stage.ServerAsync()).Address);
        var error = await Assert.ThrowsAsync<CallKitException>(() => probe.CallAsync("stimulus"));
        Assert.Contains("no working sound device", error.Message, StringComparison.Ordinal);
    }

    private static async Task<FirefoxPage> OpenAsync(Firefox browser, Uri address)
    {
        var page = await browser.OpenPageAsync();
        await page.GotoAsync(address);
        await page.EvaluateAsync<object>(Script);
        return page;
    }
}
