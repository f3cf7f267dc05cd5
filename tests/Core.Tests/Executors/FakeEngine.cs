using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Verus.Artifact.Tests.Executors;

/// <summary>
/// A container engine that only answers: by HTTP on a socket of the file system, from a table, in the form of one
/// version of the interface. It records what it is asked.
/// </summary>
/// <param name="answers">The answer for method and path without the version, such as <c>GET /info</c>; null for 404.
/// </param>
/// <param name="least">The oldest version of the interface that it speaks.</param>
/// <param name="most">The newest one.</param>
internal sealed class FakeEngine(Func<string, string?> answers, Version least, Version most) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fake-").FullName;
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    /// <summary>Address, as in DOCKER_HOST.</summary>
    public string Host => $"unix://{folder}/engine.sock";

    /// <summary>Method and path, the query, and the body of each request.</summary>
    public ConcurrentQueue<(string Call, string Query, string Body)> Asked { get; } = new();

    public FakeEngine Start()
    {
        listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, "engine.sock")));
        listener.Listen();
        _ = Task.Run(AcceptAsync);
        return this;
    }

    public void Dispose()
    {
        listener.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await listener.AcceptAsync().ConfigureAwait(false));
        }
        catch (Exception problem) when (problem is SocketException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    // One request a connection.
    private async Task AnswerAsync(Socket connection)
    {
        await using var stream = new NetworkStream(connection, ownsSocket: true);
        var head = await HeadAsync(stream);
        if (head.Length == 0)
            return;
        var (method, target) = (head.Split(' ')[0], head.Split(' ')[1]);
        var (path, query) = (target.Split('?')[0], target.Contains('?') ? target.Split('?', 2)[1] : "");
        if (path.StartsWith("/v", StringComparison.Ordinal) && Version.TryParse(path.Split('/')[1][1..], out var asked))
        {
            path = path[(path.IndexOf('/', 1))..];
            if (asked < least || asked > most)
            {
                await ReplyAsync(stream, "400 Bad Request",
                    $$"""{"message": "client version {{asked}} is not spoken"}""");
                return;
            }
        }
        Asked.Enqueue(($"{method} {path}", WebUtility.UrlDecode(query), await BodyAsync(stream, head)));
        if (path.EndsWith("/attach", StringComparison.Ordinal))
        {
            // A frame of standard output, and the end of the container. Engines switch protocols only if a client asks
            // them to.
            var status = head.Contains("Upgrade: tcp", StringComparison.OrdinalIgnoreCase)
                ? "101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp" : "200 OK";
            var words = Encoding.UTF8.GetBytes("words\n");
            await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: "
                + "application/vnd.docker.raw-stream\r\n\r\n"),
                1, 0, 0, 0, 0, 0, 0, (byte)words.Length, .. words]);
            return;
        }
        var answer = answers($"{method} {path}");
        await ReplyAsync(stream, answer is null ? "404 Not Found" : answer.Length == 0 ? "204 No Content" : "200 OK",
            answer ?? """{"message": "no such thing"}""");
    }

    private static async Task ReplyAsync(NetworkStream stream, string status, string body)
    {
        var content = Encoding.UTF8.GetBytes(body);
        await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: "
            + $"application/json\r\nContent-Length: {content.Length}\r\nConnection: close\r\n\r\n"), .. content]);
    }

    private static async Task<string> HeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        // Servers accept lines that end without a carriage return, and a client relies on it.
        while (!head.ToString().EndsWith("\n\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one) == 0)
                return "";
            if (one[0] != '\r')
                head.Append((char)one[0]);
        }
        return head.ToString();
    }

    private static async Task<string> BodyAsync(NetworkStream stream, string head)
    {
        var length = head.Split('\n').Select(line => line.Split(": ", 2))
            .FirstOrDefault(pair => pair[0].Equals("Content-Length", StringComparison.OrdinalIgnoreCase))?[1];
        if (length is not null)
        {
            var content = new byte[int.Parse(length, System.Globalization.CultureInfo.InvariantCulture)];
            await stream.ReadExactlyAsync(content);
            return Encoding.UTF8.GetString(content);
        }
        if (!head.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
            return "";
        var all = new StringBuilder();
        while (true)
        {
            var size = new StringBuilder();
            while (!size.ToString().EndsWith("\r\n", StringComparison.Ordinal))
                size.Append((char)stream.ReadByte());
            var bytes = new byte[Convert.ToInt32(size.ToString().Trim(), 16)];
            await stream.ReadExactlyAsync(bytes);
            await stream.ReadExactlyAsync(new byte[2]);
            if (bytes.Length == 0)
                return all.ToString();
            all.Append(Encoding.Latin1.GetString(bytes));
        }
    }
}

/// <summary>The answers of a made-up engine with the image box:1 and one container.</summary>
internal static class EngineAnswers
{
    /// <summary>The id of every image.</summary>
    public const string Id = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    /// <summary>What stands for the archive of a saved image.</summary>
    public const string Archive = "the layers of an image";

    /// <summary>An image as an engine describes it.</summary>
    /// <param name="old">Whether the engine has the oldest version of the interface.</param>
    /// <param name="key">The key of the recipe that it was built from; empty when it was not built.</param>
    public static string Image(bool old, string key) => $$"""
        {"Id": "{{Id}}", "RepoTags": ["box:1"], "RepoDigests": [], "Os": "linux", "Architecture": "amd64",
         "Size": 1000, {{(old ? "\"VirtualSize\": 1000, \"Container\": \"\", \"DockerVersion\": \"20.10\"," : "")}}
         "Config": {"Env": ["PATH=/bin"], "User": "", "Labels": {"verus.artifact.recipe": "{{key}}"} } }
        """;

    /// <summary>The answer to a call; null when the engine has no such thing.</summary>
    /// <param name="call">The method and the path.</param>
    /// <param name="release">The version of the engine.</param>
    /// <param name="old">Whether the engine has the oldest version of the interface, which has fields that later
    /// versions removed.</param>
    public static string? Of(string call, string release, bool old) => call switch
    {
        "GET /info" => $$"""
            {"ServerVersion": "{{release}}", "OSType": "linux", "Architecture": "x86_64",
             "KernelVersion": "{{File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}}",
             {{(old ? "\"KernelMemory\": true, \"BridgeNfIptables\": true," : "\"CDISpecDirs\": [], \"Containerd\": "
                 + "{},")}}
             "SecurityOptions": ["name=seccomp,profile=builtin"]}
            """,
        "GET /images/box:1/json" => Image(old, ""),
        "POST /build" => """{"stream": "Step 1/3 : ARG BASE\n"}""" + "\r\n" + $$$"""{"aux": {"ID": "{{{Id}}}"}}""",
        "POST /images/load" => """{"stream": "Loaded image\n"}""",
        _ when call.EndsWith("/get", StringComparison.Ordinal) => Archive,
        "POST /containers/create" => """{"Id": "one", "Warnings": []}""",
        "GET /containers/json" => "[]",
        _ when Is(call, "POST /containers/", "/wait") => """{"StatusCode": 0}""",
        _ when Is(call, "GET /containers/", "/json") =>
            """{"Id": "one", "State": {"OOMKilled": false, "ExitCode": 0} }""",
        _ when Is(call, "POST /containers/", "/start") || Is(call, "DELETE /containers/", "") => "",
        _ => null,
    };

    private static bool Is(string call, string start, string end) =>
        call.StartsWith(start, StringComparison.Ordinal) && call.EndsWith(end, StringComparison.Ordinal);
}
