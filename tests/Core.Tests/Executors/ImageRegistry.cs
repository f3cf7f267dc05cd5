using System.Formats.Tar;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Verus.Artifact.Tests.Executors;

/// <summary>
/// A registry of images on loopback that supports only pulling: manifests by tag and digest, and blobs. The registry
/// serves other files as well.
/// </summary>
internal sealed class ImageRegistry : IDisposable
{
    private const string ManifestType = "application/vnd.docker.distribution.manifest.v2+json",
        ListType = "application/vnd.docker.distribution.manifest.list.v2+json";
    private readonly HttpListener listener = new();
    private readonly Dictionary<string, (string Type, byte[] Content)> documents = new(StringComparer.Ordinal);
    private readonly int port = FreePort();

    public ImageRegistry()
    {
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        _ = ServeAsync();
    }

    /// <summary>The host and port of the registry; container engines trust loopback without TLS.</summary>
    public string Host => $"127.0.0.1:{port}";

    /// <summary>The name of the images with busybox.</summary>
    public string Repository => $"{Host}/box";

    /// <summary>The number of requests for manifests so far.</summary>
    public int Pulls { get; private set; }

    /// <summary>Makes an image with busybox and a note for a platform, to which a tag refers from then on; returns its
    /// digest.</summary>
    public string Push(string tag, string note, string platform = "linux/amd64")
    {
        var layer = new MemoryStream();
        using (var tar = new TarWriter(layer, leaveOpen: true))
        {
            tar.WriteEntry(new UstarTarEntry(TarEntryType.Directory, "bin/") { Mode = (UnixFileMode)0b111_101_101 });
            tar.WriteEntry("/bin/busybox", "bin/busybox");
            tar.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, "bin/echo") { LinkName = "busybox" });
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile,
                "note")
            { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(note)) });
        }
        return Push("box", tag, layer.ToArray(), ["PATH=/bin"], platform);
    }

    /// <summary>
    /// Makes an image of one layer, to which a tag of a repository refers from then on; returns its digest.
    /// </summary>
    public string Push(string repository, string tag, byte[] content, string[] environment,
        string platform = "linux/amd64")
    {
        var parts = platform.Split('/');
        var config = Json(new
        {
            architecture = parts[1],
            os = parts[0],
            config = new { Env = environment },
            rootfs = new { type = "layers", diff_ids = new[] { Digest(content) } }
        });
        var manifest = Json(new
        {
            schemaVersion = 2,
            mediaType = ManifestType,
            config = Entry("application/vnd.docker.container.image.v1+json", config),
            layers = new[] { Entry("application/vnd.docker.image.rootfs.diff.tar", content) },
        });
        Add($"/v2/{repository}/blobs/{Digest(content)}", "application/octet-stream", content);
        Add($"/v2/{repository}/blobs/{Digest(config)}", "application/octet-stream", config);
        Add($"/v2/{repository}/manifests/{Digest(manifest)}", ManifestType, manifest);
        var list = Json(new
        {
            schemaVersion = 2,
            mediaType = ListType,
            manifests = new[] { new { mediaType = ManifestType, size = manifest.Length, digest = Digest(manifest),
                platform = new { architecture = parts[1], os = parts[0] } } }
        });
        Add($"/v2/{repository}/manifests/{Digest(list)}", ListType, list);
        Add($"/v2/{repository}/manifests/{tag}", ListType, list);
        return Digest(list);
    }

    /// <summary>Serves a file, and returns its address.</summary>
    public string Serve(string path, byte[] content)
    {
        Add("/" + path, "application/octet-stream", content);
        return $"http://{Host}/{path}";
    }

    /// <summary>Removes a digest, as registries do when no tag refers to it any more.</summary>
    public void Forget(string digest)
    {
        lock (documents)
            documents.Remove($"/v2/box/manifests/{digest}");
    }

    public void Dispose() => listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                var path = context.Request.Url!.AbsolutePath;
                (string Type, byte[] Content) found = ("application/json", "{}"u8.ToArray());
                lock (documents)
                    if (path != "/v2/" && !documents.TryGetValue(path, out found))
                    {
                        context.Response.StatusCode = 404;
                        found = ("application/json",
                            """{"errors": [{"code": "MANIFEST_UNKNOWN", "message": "manifest unknown"}]}"""u8
                                .ToArray());
                    }
                Pulls += path.Contains("/manifests/", StringComparison.Ordinal) ? 1 : 0;
                context.Response.ContentType = found.Type;
                context.Response.Headers["Docker-Content-Digest"] = Digest(found.Content);
                context.Response.ContentLength64 = found.Content.Length;
                if (context.Request.HttpMethod == "GET")
                    await context.Response.OutputStream.WriteAsync(found.Content);
                context.Response.Close();
            }
        }
        catch (Exception problem) when (problem is HttpListenerException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private void Add(string path, string type, byte[] content)
    {
        lock (documents)
            documents[path] = (type, content);
    }

    /// <summary>A port of loopback on which nothing listens.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static object Entry(string type, byte[] content) =>
        new { mediaType = type, size = content.Length, digest = Digest(content) };

    private static byte[] Json(object value) => JsonSerializer.SerializeToUtf8Bytes(value);

    private static string Digest(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));
}
