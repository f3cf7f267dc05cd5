using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using System.Text.Json;
using System.Text;
using Verus.Artifact.Tests.Report;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace Verus.Artifact.Tests.Report;

/// <summary>
/// A headless Chromium for all tests of pages, which is controlled by the DevTools protocol and started by the first
/// test that uses it.
/// </summary>
public sealed class Chromium : IAsyncDisposable
{
    private static readonly string[] Arguments =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update",
        "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-port=0",
    ];

    private readonly SemaphoreSlim gate = new(1);
    private readonly string profile = Directory.CreateTempSubdirectory("chromium-test-").FullName;
    private Process? process;
    private Uri? browser;

    /// <summary>
    /// Opens a page in a tab of its own and waits until it is loaded. Skips the test where Chromium is not installed.
    /// </summary>
    public async Task<ChromiumPage> OpenAsync(string file, int width, int height, bool dark = false,
        string query = "")
    {
        var cancellation = TestContext.Current.CancellationToken;
        var executable = new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser",
            "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);
        if (executable is null)
            Assert.Skip("Chromium is not installed (Debian package chromium)");
        await gate.WaitAsync(cancellation);
        try
        {
            browser ??= await StartAsync(executable!, cancellation);
        }
        finally
        {
            gate.Release();
        }
        return await ChromiumPage.OpenAsync(browser, new Uri(file).AbsoluteUri + query, width, height, dark,
            cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        process?.Kill(entireProcessTree: true);
        process?.WaitForExit(TimeSpan.FromSeconds(20));
        process?.Dispose();
        gate.Dispose();
        // Child processes of the browser may still write for a moment after it has ended.
        for (var attempt = 0; Directory.Exists(profile) && attempt < 20; attempt++)
        {
            try
            {
                Directory.Delete(profile, recursive: true);
            }
            catch (IOException)
            {
                await Task.Delay(100);
            }
        }
    }

    private async Task<Uri> StartAsync(string executable, CancellationToken cancellation)
    {
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new StringBuilder();
        process = Programs.Start(new ProcessStartInfo(executable, [.. Arguments, $"--user-data-dir={profile}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }, TimeSpan.FromHours(1));
        process.ErrorDataReceived += (_, line) =>
        {
            said.AppendLine(line.Data);
            const string announcement = "DevTools listening on ";
            if (line.Data is null)
                address.TrySetException(new InvalidOperationException($"Chromium ended before it listened: {said}"));
            else if (line.Data.StartsWith(announcement, StringComparison.Ordinal))
                address.TrySetResult(new Uri(line.Data[announcement.Length..].Trim()));
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return await address.Task.WaitAsync(TimeSpan.FromMinutes(2), cancellation);
    }
}

/// <summary>A page that is open in Chromium, with its messages and requests since then.</summary>
public sealed class ChromiumPage : IAsyncDisposable
{
    private readonly ClientWebSocket socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonObject>> waiting = [];
    private readonly ConcurrentQueue<string> messages = [];
    private readonly ConcurrentQueue<string> requests = [];
    private readonly TaskCompletionSource loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim sending = new(1);
    private Task? listening;
    private string? session;
    private string target = "";
    private int last;

    private ChromiumPage() { }

    /// <summary>Console messages, exceptions and entries of the browser's log about the page.</summary>
    public IReadOnlyCollection<string> Messages => messages;

    /// <summary>The URLs that were requested for the page, including its own.</summary>
    public IReadOnlyCollection<string> Requests => requests;

    internal static async Task<ChromiumPage> OpenAsync(Uri browser, string url, int width, int height, bool dark,
        CancellationToken cancellation)
    {
        var page = new ChromiumPage();
        await page.socket.ConnectAsync(browser, cancellation);
        page.listening = page.ListenAsync();
        page.target = (string)(await page.CallAsync("Target.createTarget",
            new() { ["url"] = "about:blank" }))["targetId"]!;
        page.session = (string)(await page.CallAsync("Target.attachToTarget",
            new() { ["targetId"] = page.target, ["flatten"] = true }))["sessionId"]!;
        foreach (var domain in new[] { "Page", "Runtime", "Log", "Network" })
            await page.CallAsync(domain + ".enable", []);
        await page.CallAsync("Emulation.setDeviceMetricsOverride",
            new() { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = width < 600 });
        if (dark)
            await page.CallAsync("Emulation.setEmulatedMedia",
                new()
                {
                    ["features"] = new JsonArray(new JsonObject
                    {
                        ["name"] = "prefers-color-scheme",
                        ["value"] = "dark"
                    })
                });
        // Without it, no element of a page in the background has the focus.
        await page.CallAsync("Emulation.setFocusEmulationEnabled", new() { ["enabled"] = true });
        await page.CallAsync("Page.navigate", new() { ["url"] = url });
        await page.loaded.Task.WaitAsync(TimeSpan.FromMinutes(1), cancellation);
        return page;
    }

    /// <summary>The value of a JavaScript expression in the page.</summary>
    public async Task<T> EvaluateAsync<T>(string expression)
    {
        // If the value is a promise, the answer is what was promised.
        var answer = await CallAsync("Runtime.evaluate",
            new() { ["expression"] = expression, ["returnByValue"] = true, ["awaitPromise"] = true });
        return answer["exceptionDetails"] is { } problem
            ? throw new InvalidOperationException(problem.ToJsonString())
            : answer["result"]!["value"]!.Deserialize<T>()!;
    }

    /// <summary>The page as a PDF in the format A4.</summary>
    public async Task<byte[]> PrintAsync() =>
        Convert.FromBase64String(
            (string)(await CallAsync("Page.printToPDF",
                new() { ["paperWidth"] = 8.27, ["paperHeight"] = 11.69, ["preferCSSPageSize"] = true }))["data"]!);

    /// <summary>A screenshot of the whole page, as a PNG.</summary>
    public async Task<byte[]> ScreenshotAsync() =>
        Convert.FromBase64String(
            (string)(await CallAsync("Page.captureScreenshot", new() { ["captureBeyondViewport"] = true }))["data"]!);

    public async ValueTask DisposeAsync()
    {
        session = null;
        await CallAsync("Target.closeTarget", new() { ["targetId"] = target });
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await listening!.ContinueWith(_ => { }, TaskScheduler.Default);
        socket.Dispose();
        sending.Dispose();
    }

    private async Task<JsonObject> CallAsync(string method, JsonObject parameters)
    {
        var id = Interlocked.Increment(ref last);
        var answer = waiting[id] = new TaskCompletionSource<JsonObject>(
            TaskCreationOptions.RunContinuationsAsynchronously);
        var call = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (session is not null)
            call["sessionId"] = session;
        await sending.WaitAsync();
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(call.ToJsonString()), WebSocketMessageType.Text, true,
                CancellationToken.None);
        }
        finally
        {
            sending.Release();
        }
        var message = await answer.Task.WaitAsync(TimeSpan.FromMinutes(1));
        return message["error"] is { } problem
            ? throw new InvalidOperationException($"{method}: {problem.ToJsonString()}")
            : message["result"]!.AsObject();
    }

    private async Task ListenAsync()
    {
        var buffer = new byte[1 << 16];
        while (socket.State == WebSocketState.Open)
        {
            using var message = new MemoryStream();
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                message.Write(buffer, 0, part.Count);
            }
            while (!part.EndOfMessage);
            if (part.MessageType == WebSocketMessageType.Text)
                Take(JsonNode.Parse(message.ToArray())!.AsObject());
        }
    }

    private void Take(JsonObject message)
    {
        if (message["id"] is { } id && waiting.TryRemove((int)id, out var answer))
            answer.TrySetResult(message);
        switch ((string?)message["method"])
        {
            case "Page.loadEventFired":
                loaded.TrySetResult();
                break;
            case "Network.requestWillBeSent":
                requests.Enqueue((string)message["params"]!["request"]!["url"]!);
                break;
            case "Runtime.consoleAPICalled" or "Runtime.exceptionThrown" or "Log.entryAdded":
                messages.Enqueue(message["params"]!.ToJsonString());
                break;
        }
    }
}
