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
        "GET /images/.+/json", "GET /images/get", "POST /images/load", "POST /build", "DELETE /images/.+",
        "POST /containers/create", "GET /containers/json", "GET /containers/[^/]+/json", "DELETE /containers/[^/]+",
        "POST /containers/[^/]+/(start|attach|wait)"];

    private static readonly string[] Queries = ["fromImage", "tag", "platform", "dockerfile", "t", "buildargs",
        "labels", "rm", "forcerm", "networkmode", "name", "stream", "stdin", "stdout", "stderr", "force", "v", "all",
        "filters", "noprune", "names", "quiet"];

    [Theory]
    [InlineData("1.12", "1.41", "20.10.24")]
    [InlineData("1.44", "1.54", "29.3.0")]
    public async Task An_engine_gets_nothing_that_its_version_does_not_know(string least, string most, string release)
    {
        var old = most == "1.41";
        using var fake = new FakeEngine(call => EngineAnswers.Of(call, release, old), Version.Parse(least),
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
    [InlineData("1.12", "1.41", "20.10.24")]
    [InlineData("1.44", "1.54", "29.3.0")]
    public async Task An_image_is_built_saved_and_loaded_by_what_every_version_knows(string least, string most,
        string release)
    {
        // The engine has the image after a build or a load, and loses it when it is asked to forget it.
        var (has, key) = (false, "");
        string? Answers(string call)
        {
            has |= call is "POST /build" or "POST /images/load";
            return Regex.IsMatch(call, "^GET /images/.+/json$")
                && !call.Contains("/box:1/", StringComparison.Ordinal)
                ? has ? EngineAnswers.Image(most == "1.41", key) : null
                : EngineAnswers.Of(call, release, most == "1.41");
        }
        using var fake = new FakeEngine(Answers, Version.Parse(least), Version.Parse(most)).Start();
        using var engine = new DockerEngine(new DockerEndpoint(fake.Host, "the test"));
        await engine.ProbeAsync(TestContext.Current.CancellationToken);
        File.WriteAllText(Path.Combine(Folder, "Dockerfile"), "ARG BASE\nFROM $BASE\nRUN true\n");
        var under = Image("box", ("Reference", "box:1"));
        var built = Image("built", ("Dockerfile", "Dockerfile"), ("Base", "box"));
        var recipes = new ImageRecipes(Layout, [built, under], new Verus.Artifact.Common.ContentHashes());
        key = recipes.Of(built, EngineAnswers.Id).Key;

        await AcquireAsync(offline: false);
        var saved = (await Store(offline: false).SaveAsync([built], TestContext.Current.CancellationToken))
            .ShouldHaveSingleItem();
        File.ReadAllText(saved.Place).ShouldBe(EngineAnswers.Archive);
        has = false;
        await AcquireAsync(offline: true);
        foreach (var call in new[] { "POST /build", "POST /images/load" }.AtLeastOne())
            fake.Asked.Count(one => one.Call == call).ShouldBe(1, call);
        fake.Asked.Single(one => one.Call == "POST /images/load").Body.ShouldBe(EngineAnswers.Archive);
        Unknown(fake).ShouldBeEmpty();

        ImageStore Store(bool offline) => new(engine, offline, Log) { Recipes = recipes, Own = new OwnImages(Layout) };

        async Task AcquireAsync(bool offline)
        {
            var problems = new AcquisitionProblems();
            (await Store(offline).AcquireAsync([built], problems, TestContext.Current.CancellationToken))
                .ShouldHaveSingleItem(string.Join('\n', problems.All.Select(one => one.Problem.Message)));
        }
    }

    private ContainerImage Image(string name, params (string Name, string Value)[] metadata)
    {
        var found = new List<Diagnostic>();
        var image = ContainerImage.Parse(new Declarations.DeclarationItem("ContainerImage", name,
            metadata.ToDictionary(pair => pair.Name, pair => pair.Value),
            () => new SourceLocation(Path.Combine(Folder, "pins.props"), 1)), found);
        found.ShouldBeEmpty();
        return image;
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
        using var fake = new FakeEngine(call => EngineAnswers.Of(call, "99.0", old: false), new Version(99, 0),
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
}
