using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Verus.Artifact.Containers;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Tests.Executors;

public sealed class DockerEndpointSpecs : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("endpoint-").FullName;
    private readonly Dictionary<string, string> variables = [];
    private readonly List<Socket> listeners = [];

    public void Dispose()
    {
        listeners.ForEach(listener => listener.Dispose());
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public void The_order_is_that_of_the_docker_command()
    {
        Find().Address.ShouldBe($"unix://{root}/var/run/docker.sock");
        Context("lab", "unix:///run/lab.sock");
        Context("other", "tcp://build.example.org:2376");
        File.WriteAllText(Path.Combine(root, "home/.docker/config.json"), """{"auths": {}, "currentContext": "lab"}""");
        Find().ShouldBe(new DockerEndpoint("unix:///run/lab.sock", "the current context 'lab'"));
        variables["DOCKER_CONTEXT"] = "other";
        Find().Address.ShouldBe("tcp://build.example.org:2376");
        Find().IsLocal.ShouldBeFalse();
        variables["DOCKER_HOST"] = "unix:///tmp/mine.sock";
        Find().ShouldBe(new DockerEndpoint("unix:///tmp/mine.sock", "DOCKER_HOST"));
        variables.Remove("DOCKER_HOST");
        variables["DOCKER_CONTEXT"] = "default";
        Find().Address.ShouldBe($"unix://{root}/var/run/docker.sock");
    }

    [Fact]
    public void Its_configuration_may_be_elsewhere_and_a_damaged_one_counts_as_none()
    {
        variables["DOCKER_CONFIG"] = Path.Combine(root, "home/.docker");
        Context("lab", "unix:///run/lab.sock");
        File.WriteAllText(Path.Combine(root, "home/.docker/config.json"), """{"currentContext": """);
        Find().Address.ShouldBe($"unix://{root}/var/run/docker.sock");
    }

    [Fact]
    public void Where_the_system_has_none_a_rootless_engine_and_then_podman_are_found()
    {
        variables["XDG_RUNTIME_DIR"] = Path.Combine(root, "user");
        Listen("run/podman/podman.sock");
        Find().From.ShouldBe("the system's Podman");
        Listen("user/podman/podman.sock");
        Find().From.ShouldBe("the user's Podman");
        Listen("user/docker.sock");
        Find().From.ShouldBe("the rootless engine");
        // The socket of an engine that was stopped.
        Directory.CreateDirectory(Path.Combine(root, "var/run"));
        File.WriteAllText(Path.Combine(root, "var/run/docker.sock"), "");
        Find().From.ShouldBe("the rootless engine");
        File.Delete(Path.Combine(root, "var/run/docker.sock"));
        Listen("var/run/docker.sock");
        Find().From.ShouldBe("the system's engine");
    }

    [Theory]
    [InlineData("unix:///no/such/docker.sock", "VART4021")]
    [InlineData("tcp://127.0.0.1:1", "VART4021")]
    [InlineData("tcp://build.example.org:2376", "VART4023")]
    [InlineData("ssh://somebody@build.example.org", "VART4023")]
    [InlineData("nonsense", "VART4023")]
    public async Task An_engine_that_cannot_be_used_is_said_in_a_moment(string address, string code)
    {
        using var engine = new DockerEngine(new DockerEndpoint(address, "DOCKER_HOST"));
        var problem = await Should.ThrowAsync<DiagnosticException>(() =>
            engine.ProbeAsync(TestContext.Current.CancellationToken));
        problem.Diagnostics.ShouldHaveSingleItem().Rule.Code.ShouldBe(code);
        problem.Diagnostics[0].Message.ShouldContain(address);
    }

    private DockerEndpoint Find() => DockerEndpoint.Find(variables.GetValueOrDefault, Path.Combine(root, "home"), root);

    private void Context(string name, string host)
    {
        var folder = Path.Combine(root, "home/.docker/contexts/meta",
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name))));
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "meta.json"),
            JsonSerializer.Serialize(new { Name = name, Endpoints = new { docker = new { Host = host } } }));
    }

    private void Listen(string path)
    {
        var file = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(file));
        listener.Listen();
        listeners.Add(listener);
    }
}
