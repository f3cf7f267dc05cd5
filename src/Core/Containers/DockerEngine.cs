using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Docker.DotNet;
using Docker.DotNet.Models;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Containers;

/// <summary>The facts that an engine reports about itself.</summary>
/// <param name="Version">The version of the engine.</param>
/// <param name="Platform">The platform that the engine runs, such as linux/amd64.</param>
/// <param name="Rootless">Whether the engine runs as an ordinary user, whose files belong to root in its
/// containers.</param>
/// <param name="SelinuxOn">Whether the engine labels its containers for SELinux.</param>
public sealed record EngineFacts(string Version, string Platform, bool Rootless, bool SelinuxOn)
{
    /// <summary>Absolute path of the folder in which the engine keeps its images; empty if the engine does not say
    /// so.</summary>
    public string ImageFolder { get; init; } = "";
}

/// <summary>
/// A container engine, Docker or Podman, accessed through Docker's API. The engine is not contacted before it is
/// needed. Failures of its requests become coded diagnostics.
/// </summary>
/// <param name="endpoint">The address at which the engine listens.</param>
public sealed partial class DockerEngine(DockerEndpoint endpoint) : IDisposable
{
    private const string ContainerdFolder = "/var/lib/containerd", DockerFolder = "/var/lib/docker";
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);
    private readonly SemaphoreSlim looking = new(1);
    /// <summary>The ids of the user and the group that own the files that containers write.</summary>
    internal (uint User, uint Group) Caller { get; init; } = OperatingSystem.IsWindows()
        ? (0, 0) : (Posix.User(), Posix.Group());

    private DockerClient? client;
    private EngineFacts? facts;

    /// <summary>The client for the Docker API of this engine.</summary>
    public DockerClient Client => client ??= new DockerClientConfiguration(new Uri(endpoint.Address)).CreateClient();

    /// <summary>The facts about the engine, which are requested only once.</summary>
    /// <exception cref="DiagnosticException">The engine does not run, may not be used, or is not on this
    /// machine.</exception>
    public async Task<EngineFacts> ProbeAsync(CancellationToken cancellation)
    {
        await looking.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return facts ??= await AskAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            looking.Release();
        }
    }

    /// <summary>An image in the engine, by a reference, digest or id; null when the engine does not have it.</summary>
    /// <exception cref="DiagnosticException">The engine does not answer.</exception>
    public async Task<ImageInspectResponse?> FindImageAsync(string reference, CancellationToken cancellation)
    {
        try
        {
            return await Client.Images.InspectImageAsync(reference, cancellation).ConfigureAwait(false);
        }
        catch (DockerApiException problem) when (problem.StatusCode is HttpStatusCode.NotFound
            or HttpStatusCode.BadRequest)
        {
            return null;
        }
        catch (Exception problem) when (IsGone(problem))
        {
            throw GoneWith(problem);
        }
    }

    /// <summary>Removes the containers that a killed call of an evaluation left.</summary>
    public async Task SweepAsync(string label, string value, CancellationToken cancellation)
    {
        var filters = new Dictionary<string, IDictionary<string, bool>>
        {
            ["label"] = new Dictionary<string, bool> { [$"{label}={value}"] = true }
        };
        try
        {
            foreach (var left in await Client.Containers.ListContainersAsync(new ContainersListParameters
            {
                All = true,
                Filters = filters
            }, cancellation).ConfigureAwait(false))
                await RemoveAsync(left.ID).ConfigureAwait(false);
        }
        catch (Exception problem) when (IsGone(problem) || problem is DockerApiException)
        {
            // A container that cannot be removed has ended with its lifeline, and will be removed at the next start.
        }
    }

    /// <summary>The diagnostic for an engine that stopped answering.</summary>
    public DiagnosticException GoneWith(Exception problem) =>
        DockerRules.Gone.Error(SourceLocation.None, endpoint.Address, Root(problem).Message.TrimEnd('.'));

    /// <summary>Whether an exception means that the engine stopped answering.</summary>
    public static bool IsGone(Exception problem) =>
        problem is HttpRequestException or IOException or SocketException or TimeoutException
            or ObjectDisposedException;

    /// <inheritdoc/>
    public void Dispose()
    {
        client?.Dispose();
        looking.Dispose();
    }

    private async Task<EngineFacts> AskAsync(CancellationToken cancellation)
    {
        if (!endpoint.IsLocal)
            throw DockerRules.Remote.Error(SourceLocation.None, endpoint.Address, endpoint.From,
                "is on another machine, or its address is unknown");
        if (endpoint.Socket is { } socket && DockerEndpoint.Connect(socket) is not SocketError.Success and var error)
            throw error == SocketError.AccessDenied
                ? DockerRules.NotPermitted.Error(SourceLocation.None, socket, endpoint.From)
                : NotRunning(File.Exists(socket) ? "the connection was refused" : "there is no such socket");
        SystemInfoResponse info;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(AnswerTime);
        try
        {
            info = await Client.System.GetSystemInfoAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw NotRunning($"it did not answer within {AnswerTime.TotalSeconds:0} s");
        }
        catch (Exception problem) when (IsGone(problem) || problem is DockerApiException)
        {
            throw NotRunning(Root(problem).Message.TrimEnd('.'));
        }
        // A container engine in a virtual machine, such as Docker Desktop's, has a different kernel than this machine,
        // and possibly different processors.
        if (File.Exists("/proc/sys/kernel/osrelease")
            && File.ReadAllText("/proc/sys/kernel/osrelease").Trim() is var kernel && info.KernelVersion != kernel)
            throw DockerRules.Remote.Error(SourceLocation.None, endpoint.Address, endpoint.From,
                $"runs on the kernel {info.KernelVersion}, this machine on {kernel}");
        CheckOwners(Has("userns"), Has("rootless"));
        var architecture = info.Architecture switch { "x86_64" => "amd64", "aarch64" => "arm64", var other => other };
        return new EngineFacts(info.ServerVersion, $"{info.OSType}/{architecture}", Has("rootless"), Has("selinux"))
        {
            ImageFolder = ImageFolderOf(info),
        };

        // An option is written as name=seccomp,profile=default, or by Podman as its name alone.
        bool Has(string name) => info.SecurityOptions?.Any(option =>
            option.Split(',')[0] is var first && (first == name || first == "name=" + name)) == true;
    }

    // A container writes into folders of this user. It can do so only if its root is this user, or the real root, who
    // can give the files back.
    private void CheckOwners(bool mapsUsers, bool rootless)
    {
        if (mapsUsers)
            throw DockerRules.UsersMapped.Error(SourceLocation.None, endpoint.Address, endpoint.From);
        if (rootless && Posix.IsHere && endpoint.Socket is { } socket
            && Posix.FactsAt(socket, followLink: true) is { Owner: var owner } && owner != Caller.User)
            throw DockerRules.OfAnotherUser.Error(SourceLocation.None, endpoint.Address, endpoint.From, owner,
                Caller.User);
    }

    // With containerd's store of images, an engine of the system keeps images in the folder of containerd, which the
    // engine does not name.
    private static string ImageFolderOf(SystemInfoResponse info) =>
        info.DriverStatus?.Any(pair => pair.Length == 2 && pair[1].StartsWith("io.containerd.snapshotter",
            StringComparison.Ordinal)) == true && Directory.Exists(ContainerdFolder)
            && info.DockerRootDir == DockerFolder
            ? ContainerdFolder : info.DockerRootDir ?? "";

    /// <summary>
    /// The engine's explanation of a request that it refuses: the message in the engine's answer, if it has one.
    /// </summary>
    internal static string WordsOf(DockerApiException problem)
    {
        var words = (problem.ResponseBody ?? problem.Message).Trim();
        try
        {
            return words.StartsWith('{')
                && JsonNode.Parse(words)?["message"]?.GetValue<string>() is { Length: > 0 } message
                ? message.Trim() : words;
        }
        catch (Exception odd) when (odd is JsonException or InvalidOperationException or FormatException)
        {
            return words;
        }
    }

    private DiagnosticException NotRunning(string why) =>
        DockerRules.NotRunning.Error(SourceLocation.None, endpoint.Address, endpoint.From, why);

    private static Exception Root(Exception problem)
    {
        while (problem.InnerException is { } inner)
            problem = inner;
        return problem;
    }
}
