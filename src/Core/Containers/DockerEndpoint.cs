using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Verus.Artifact.Containers;

/// <summary>The address at which the container engine listens.</summary>
/// <param name="Address">The address, such as <c>unix:///var/run/docker.sock</c>.</param>
/// <param name="From">The origin of the engine's address, for messages.</param>
public sealed record DockerEndpoint(string Address, string From)
{
    private const string Unix = "unix://";

    /// <summary>
    /// The engine that the docker command would use: from DOCKER_HOST, DOCKER_CONTEXT, the current context of docker's
    /// configuration, or the socket of the system. If no setting names an engine and nothing listens on the system's
    /// socket, the sockets of a rootless engine and of Podman are tried.
    /// </summary>
    public static DockerEndpoint Find() =>
        Find(Environment.GetEnvironmentVariable, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "/");

    /// <summary>The engine that the docker command would use, looked up in a tree of files that was made for a
    /// test.</summary>
    internal static DockerEndpoint Find(Func<string, string?> variable, string home, string root)
    {
        if (variable("DOCKER_HOST") is { Length: > 0 } host)
            return new DockerEndpoint(host, "DOCKER_HOST");
        var configuration = variable("DOCKER_CONFIG") is { Length: > 0 } folder
            ? folder : Path.Combine(home, ".docker");
        var (name, from) = variable("DOCKER_CONTEXT") is { Length: > 0 } named ? (named, "DOCKER_CONTEXT")
            : (Text(Path.Combine(configuration, "config.json"), "currentContext"), "the current context");
        if (name is { Length: > 0 } and not "default")
            return new DockerEndpoint(Host(configuration, name) ?? "", $"{from} '{name}'");
        var runtime = variable("XDG_RUNTIME_DIR") is { Length: > 0 } own ? own : null;
        var sockets = new[]
        {
            (Path.Combine(root, "var/run/docker.sock"), "the system's engine"),
            (runtime is null ? null : Path.Combine(runtime, "docker.sock"), "the rootless engine"),
            (runtime is null ? null : Path.Combine(runtime, "podman/podman.sock"), "the user's Podman"),
            (Path.Combine(root, "run/podman/podman.sock"), "the system's Podman"),
        }.Where(socket => socket.Item1 is not null).ToList();
        // A stopped engine leaves its socket behind; a socket that may not be opened is chosen only when no other
        // socket answers.
        var (path, what) = sockets.Find(socket => Connect(socket.Item1!) == SocketError.Success)
            is { Item1: not null } answers ? answers
            : sockets.Find(socket => File.Exists(socket.Item1)) is { Item1: not null } there ? there : sockets[0];
        return new DockerEndpoint(Unix + path, what);
    }

    /// <summary>Path of the engine's socket; null when the engine listens elsewhere.</summary>
    public string? Socket => Address.StartsWith(Unix, StringComparison.Ordinal) ? Address[Unix.Length..] : null;

    /// <summary>Whether the engine listens on this machine.</summary>
    public bool IsLocal => Socket is not null
        || (Uri.TryCreate(Address, UriKind.Absolute, out var uri)
            && uri is { Scheme: "tcp" or "http", IsLoopback: true });

    /// <summary>The kernel's result of an attempt to connect to a socket.</summary>
    internal static SocketError Connect(string path)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return SocketError.Success;
        }
        catch (SocketException problem)
        {
            return problem.SocketErrorCode;
        }
        catch (ArgumentException)
        {
            return SocketError.AddressNotAvailable; // Longer than the kernel allows.
        }
    }

    // The folder of a docker context is named after the hash of the context's name.
    private static string? Host(string configuration, string context)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(context)));
        return Text(Path.Combine(configuration, "contexts/meta", hash, "meta.json"), "Endpoints", "docker", "Host");
    }

    private static string? Text(string file, params string[] path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            var element = document.RootElement;
            foreach (var name in path)
                if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                    return null;
            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}
