using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Verus.Artifact.Tests.Sources;

/// <summary>A web server on loopback that serves a folder of repositories by git's own program for that.</summary>
internal sealed class GitOverHttp : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly string folder;

    public GitOverHttp(string folder)
    {
        this.folder = folder;
        int port;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }
        Root = $"http://127.0.0.1:{port}/";
        listener.Prefixes.Add(Root);
        listener.Start();
        _ = Task.Run(async () =>
        {
            try
            {
                while (listener.IsListening)
                    await AnswerAsync(await listener.GetContextAsync());
            }
            catch (Exception problem) when (problem is HttpListenerException or ObjectDisposedException)
            {
                // The server was stopped.
            }
        });
    }

    public string Root { get; }

    public void Dispose() => listener.Close();

    private async Task AnswerAsync(HttpListenerContext call)
    {
        var start = new ProcessStartInfo("git", "http-backend")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in new[]
        {
            ("GIT_PROJECT_ROOT", folder), ("GIT_HTTP_EXPORT_ALL", "1"), ("REQUEST_METHOD", call.Request.HttpMethod),
            ("PATH_INFO", call.Request.Url!.AbsolutePath), ("QUERY_STRING", call.Request.Url.Query.TrimStart('?')),
            ("CONTENT_TYPE", call.Request.ContentType ?? ""),
            ("HTTP_CONTENT_ENCODING", call.Request.Headers["Content-Encoding"] ?? ""),
            ("GIT_PROTOCOL", call.Request.Headers["Git-Protocol"] ?? ""), ("HOME", "/nowhere"),
            ("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "safe.directory"), ("GIT_CONFIG_VALUE_0", "*"),
        })
            start.Environment[name] = value;
        using var program = Programs.Start(start);
        using var body = new MemoryStream();
        await call.Request.InputStream.CopyToAsync(body);
        await program.StandardInput.BaseStream.WriteAsync(body.ToArray());
        program.StandardInput.Close();
        using var answer = new MemoryStream();
        await program.StandardOutput.BaseStream.CopyToAsync(answer);
        var bytes = answer.ToArray();
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        foreach (var header in System.Text.Encoding.ASCII.GetString(bytes, 0, Math.Max(end, 0)).Split("\r\n")
            .Select(line => line.Split(": ", 2)).Where(header => header.Length == 2))
            if (header[0] == "Status")
                call.Response.StatusCode = int.Parse(header[1].Split(' ')[0],
                    System.Globalization.CultureInfo.InvariantCulture);
            else
                call.Response.Headers[header[0]] = header[1];
        await call.Response.OutputStream.WriteAsync(bytes.AsMemory(end + 4));
        call.Response.Close();
    }
}
