using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Verus.Artifact.Containers;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;
using Verus.Artifact.Sources;
using Verus.Artifact.Tests.Experiments;

namespace Verus.Artifact.Tests.Executors;

/// <summary>
/// Engines from 20.10, whose interface has version 1.41, to the newest: nothing newer is required, and nothing that was
/// removed is used. The engines are made up, and answer with what each version has.
/// </summary>
public sealed class EngineVersionSpecs : EngineFixture
{
    private const string Id = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    // What version 1.41 knows of a container to create and later ones have not removed.
    private static readonly string[] Known = ["Hostname", "Domainname", "User", "AttachStdin", "AttachStdout",
        "AttachStderr", "ExposedPorts", "Tty", "OpenStdin", "StdinOnce", "Env", "Cmd", "Healthcheck", "ArgsEscaped",
        "Image", "Volumes", "WorkingDir", "Entrypoint", "NetworkDisabled", "OnBuild", "Labels", "StopSignal",
        "StopTimeout", "Shell", "HostConfig", "NetworkingConfig", "CpuShares", "Memory", "CgroupParent", "BlkioWeight",
        "CpuPeriod", "CpuQuota", "CpuRealtimePeriod", "CpuRealtimeRuntime", "CpusetCpus", "CpusetMems", "Devices",
        "MemoryReservation", "MemorySwap", "MemorySwappiness", "NanoCpus", "OomKillDisable", "Init", "PidsLimit",
        "Ulimits", "CpuCount", "CpuPercent", "IOMaximumIOps", "IOMaximumBandwidth", "Binds", "ContainerIDFile",
        "LogConfig", "NetworkMode", "PortBindings", "RestartPolicy", "AutoRemove", "VolumeDriver", "VolumesFrom",
        "Mounts", "CapAdd", "CapDrop", "CgroupnsMode", "Dns", "DnsOptions", "DnsSearch", "ExtraHosts", "GroupAdd",
        "IpcMode", "Cgroup", "Links", "OomScoreAdj", "PidMode", "Privileged", "PublishAllPorts", "ReadonlyRootfs",
        "SecurityOpt", "StorageOpt", "Tmpfs", "UTSMode", "UsernsMode", "ShmSize", "Sysctls", "Runtime", "ConsoleSize",
        "Isolation", "MaskedPaths", "ReadonlyPaths"];

    private static readonly string[] Calls = ["GET /info", "GET /_ping", "GET /version", "POST /images/create",
        "GET /images/[^/]+/json", "GET /images/[^/]+/get", "POST /images/load", "POST /build", "DELETE /images/.+",
        "POST /containers/create", "GET /containers/json", "GET /containers/[^/]+/json", "DELETE /containers/[^/]+",
        "POST /containers/[^/]+/(start|attach|wait)"];

    private static readonly string[] Queries = ["fromImage", "tag", "platform", "dockerfile", "t", "buildargs",
        "labels", "rm", "forcerm", "networkmode", "name", "stream", "stdin", "stdout", "stderr", "force", "v", "all",
        "filters", "noprune"];

    [Theory]
    [InlineData("1.12", "1.41", "20.10.24")]
    [InlineData("1.44", "1.54", "29.3.0")]
    public async Task An_engine_gets_nothing_that_its_version_does_not_know(string least, string most, string release)
    {
        var old = most == "1.41";
        using var fake = new FakeEngine(call => Answer(call, release, old), Version.Parse(least),
            Version.Parse(most)).Start();
        using var engine = new DockerEngine(new DockerEndpoint(fake.Host, "the test"));
        var cancellation = TestContext.Current.CancellationToken;
        (await engine.ProbeAsync(cancellation)).Version.ShouldBe(release);

        var found = new List<Diagnostic>();
        var pin = ContainerImage.Parse(Item("ContainerImage", "box", ("Reference", "box:1")), found);
        var problems = new AcquisitionProblems();
        var image = (await new ImageStore(engine, offline: false, Log).AcquireAsync([pin], problems, cancellation))
            .ShouldHaveSingleItem();
        image.Environment["PATH"].ShouldBe("/bin");
        var words = new List<string>();
        var end = await engine.RunAsync(new ContainerRun("one", image, ["/bin/true"], "/")
        {
            MemoryLimit = 1 << 20,
            Writes = [Folder],
            Output = words.Add,
        }, cancellation);
        end.ExitCode.ShouldBe(0);
        words.ShouldBe(["words"]);
        await engine.SweepAsync("label", "value", cancellation);

        fake.Asked.Select(one => one.Call).ShouldContain("POST /containers/create");
        Unknown(fake).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("POST /containers/create?name=one", """{"Image": "box", "HostConfig": {"Annotations": {}}}""",
        "Annotations")]
    [InlineData("POST /containers/create?name=one", """{"Image": "box", "HostConfig": {"KernelMemory": 1}}""",
        "KernelMemory")]
    [InlineData("POST /images/create?fromImage=box&outputs=x", "", "outputs")]
    [InlineData("GET /images/box:1/attestations", "", "GET /images/box:1/attestations")]
    public async Task What_a_version_does_not_have_is_noticed(string call, string body, string unknown)
    {
        using var fake = new FakeEngine(_ => "{}", new Version(1, 12), new Version(1, 41)).Start();
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(fake.Host["unix://".Length..]), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        using var request = new HttpRequestMessage(new HttpMethod(call.Split(' ')[0]),
            "http://engine" + call.Split(' ')[1])
        {
            Content = body.Length > 0 ? new StringContent(body) : null,
        };
        (await client.SendAsync(request, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        Unknown(fake).ShouldBe([unknown]);
    }

    [Fact]
    public async Task An_engine_that_no_longer_speaks_old_versions_would_tell()
    {
        // No request names a version: each engine answers in its newest.
        using var fake = new FakeEngine(call => Answer(call, "99.0", old: false), new Version(99, 0),
            new Version(99, 1)).Start();
        using var engine = new DockerEngine(new DockerEndpoint(fake.Host, "the test"));
        (await engine.ProbeAsync(TestContext.Current.CancellationToken)).Version.ShouldBe("99.0");
    }

    // What was asked that not every version has: calls, parameters, and properties of containers.
    private static List<string> Unknown(FakeEngine fake)
    {
        var unknown = new List<string>();
        foreach (var (call, query, text) in fake.Asked.ToList().AtLeastOne())
        {
            if (!Calls.Any(form => Regex.IsMatch(call, $"^{form}$")))
                unknown.Add(call);
            unknown.AddRange(query.Split('&').Select(pair => pair.Split('=')[0])
                .Where(name => name.Length > 0 && !Queries.Contains(name)));
            if (call != "POST /containers/create")
                continue;
            using var body = JsonDocument.Parse(text);
            unknown.AddRange(Names(body.RootElement).Concat(Names(body.RootElement.GetProperty("HostConfig")))
                .Where(name => !Known.Contains(name)));
        }
        return unknown;
    }

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject()
        .Where(property => property.Value.ValueKind is not JsonValueKind.Null).Select(property => property.Name);

    // Version 1.41 has fields that later ones removed; later ones have others.
    private static string? Answer(string call, string release, bool old) => call switch
    {
        "GET /info" => $$"""
            {"ServerVersion": "{{release}}", "OSType": "linux", "Architecture": "x86_64",
             "KernelVersion": "{{File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}}",
             {{(old ? "\"KernelMemory\": true, \"BridgeNfIptables\": true," : "\"CDISpecDirs\": [], \"Containerd\": {},")}}
             "SecurityOptions": ["name=seccomp,profile=builtin"]}
            """,
        "GET /images/box:1/json" => $$"""
            {"Id": "{{Id}}", "RepoTags": ["box:1"], "RepoDigests": [], "Os": "linux", "Architecture": "amd64",
             "Size": 1000, {{(old ? "\"VirtualSize\": 1000, \"Container\": \"\", \"DockerVersion\": \"20.10\"," : "")}}
             "Config": {"Env": ["PATH=/bin"], "User": ""} }
            """,
        "POST /containers/create" => """{"Id": "one", "Warnings": []}""",
        "POST /containers/one/start" => "",
        "POST /containers/one/wait" => """{"StatusCode": 0}""",
        "GET /containers/one/json" => """{"Id": "one", "State": {"OOMKilled": false, "ExitCode": 0} }""",
        "GET /containers/json" => "[]",
        "DELETE /containers/one" => "",
        _ => null,
    };
}
