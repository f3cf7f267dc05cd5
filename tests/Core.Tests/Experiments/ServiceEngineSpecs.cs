using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;

namespace Verus.Artifact.Tests.Experiments;

/// <summary>
/// Tests three servers and a client with the output of IronKV's, run by the real engine with the real runner.
/// </summary>
public sealed class ServiceEngineSpecs : EngineFixture
{
    private const string Ports = "{port:a},{port:b},{port:c}";

    private static string Dummy { get; } = Path.GetFullPath(
        Path.Combine(AppContext.BaseDirectory, "../../DummyTool",
            Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "dummy-tool"));

    private static string DotNet { get; } =
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "../../.."));

    private static ExperimentDeclaration Client(params (string Name, string Value)[] more) => Experiment("Client",
    [
        ("Command", $"{Dummy} load {Ports} workload={{workload}} threads=3 seconds=0.2"),
        ("Matrix", "workload=g|Get,s|Set"), ("Timeout", "60"),
        ("SuccessText", "[[DONE]]"), ("MetricPatterns", "requests=^#req"), ("MetricMatches", "requests=count"),
        ("Environment", $"DOTNET_ROOT={DotNet}"), .. more,
    ]);

    private static ServiceDeclaration Server(string name, string options = "",
        params (string Name, string Value)[] more)
    {
        var found = new List<Diagnostic>();
        var service = ServiceDeclaration.Parse(Item("Service", name,
            [("Experiments", "Client"), ("Command", $"{Dummy} serve {{port:{name}}} {options}"),
                ("ReadyText", "[[READY]]"), .. more]), found);
        return found.Count == 0 ? service : throw new DiagnosticException(found);
    }

    private void Serve(string options, params (string Name, string Value)[] more) =>
        Services.AddRange([Server("a"), Server("b", options, more), Server("c")]);

    private async Task<SampleRecord> FailsAsync(ExperimentDeclaration? client = null)
    {
        await RunAsync(1, client ?? Client(("Except", "workload=Set")));
        var sample = Read().Samples.ShouldHaveSingleItem();
        NothingLeft(sample);
        return sample;
    }

    // Every process of a sample carries the sample's id.
    private static void NothingLeft(SampleRecord sample) => Directory.EnumerateDirectories("/proc").Where(folder =>
    {
        try
        {
            return File.ReadAllText(folder + "/environ").Contains(sample.Id, StringComparison.Ordinal);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }).ShouldBeEmpty();

    [Fact]
    public async Task Three_servers_are_up_while_the_client_is_measured_and_its_requests_are_counted()
    {
        // The second server is slow, and all servers print more than a pipe would hold before they are ready.
        Serve("delay=0.3");
        await RunAsync(2, Client());
        var samples = Read().Samples;
        samples.Count.ShouldBe(4);
        samples.AtLeastOne().ShouldAllBe(sample => sample.Outcome == SampleOutcome.Ok,
            string.Join('\n', samples.Select(sample => sample.Why)));
        foreach (var sample in samples.AtLeastOne())
        {
            sample.Readings.ShouldHaveSingleItem().Metrics["requests"].ShouldBeGreaterThan(0);
            LogOf(sample, "service-b.stdout.txt").ShouldEndWith("[[READY]]\n");
            NothingLeft(sample);
        }
    }

    [Fact]
    public async Task A_service_may_be_ready_by_its_port_and_its_words()
    {
        Serve("delay=0.2", ("ReadyPort", "{port:b}"));
        await RunAsync(1, Client());
        Read().Samples.AtLeastOne().ShouldAllBe(sample => sample.Outcome == SampleOutcome.Ok);
    }

    [Fact]
    public async Task One_that_dies_before_it_is_ready_is_named_with_its_last_words()
    {
        Serve("never=true dies=0");
        var sample = await FailsAsync();
        sample.Outcome.ShouldBe(SampleOutcome.NotStarted);
        sample.Why.ShouldBe(
            "Service 'b' ended before the measured command did (exit code 3). Its last output: no space left on "
                + "device");
        LogOf(sample, "service-b.stderr.txt").ShouldBe("no space left on device\n");
    }

    [Fact]
    public async Task One_that_dies_as_soon_as_it_is_ready_is_named()
    {
        Serve("dies=0");
        (await FailsAsync()).Why!.ShouldStartWith("Service 'b' ended before the measured command did (exit code 3).");
    }

    [Theory]
    [InlineData("seconds=0.2")]
    [InlineData("seconds=900")]
    public async Task One_that_dies_under_load_ends_the_client_and_is_blamed(string seconds)
    {
        Serve("dies=5");
        var sample = await FailsAsync(Client(("Except", "workload=Set")) with
        {
            Command = Template.All([Dummy, "load", Ports, "threads=3", seconds]),
        });
        sample.Outcome.ShouldBe(SampleOutcome.NotStarted);
        sample.Why.ShouldBe(
            "Service 'b' ended before the measured command did (exit code 3). Its last output: no space left on "
                + "device");
    }

    [Fact]
    public async Task One_that_is_not_ready_in_time_is_named_with_its_last_words()
    {
        Serve("never=true", ("ReadyTimeout", "1.5"));
        var sample = await FailsAsync();
        sample.Outcome.ShouldBe(SampleOutcome.NotStarted);
        sample.Why!.ShouldStartWith("Service 'b' was not ready within 1.5 s. Its last output: ");
    }

    [Fact]
    public async Task One_that_ignores_being_asked_to_end_is_killed_and_the_sample_counts()
    {
        Serve("stubborn=true");
        await RunAsync(1, Client(("Except", "workload=Set")));
        var sample = Read().Samples.ShouldHaveSingleItem();
        sample.Outcome.ShouldBe(SampleOutcome.Ok);
        NothingLeft(sample);
    }

    [Fact]
    public async Task A_daemon_that_one_leaves_is_gone_with_it()
    {
        Serve("worker=true");
        await RunAsync(1, Client(("Except", "workload=Set")));
        var sample = Read().Samples.ShouldHaveSingleItem();
        sample.Outcome.ShouldBe(SampleOutcome.Ok);
        sample.Result.Leftovers.ShouldBe(0);
        NothingLeft(sample);
    }

    [Fact]
    public async Task One_that_goes_into_the_background_is_refused_and_gone()
    {
        Serve("background=true");
        (await FailsAsync()).Why!.ShouldStartWith(
            "Service 'b' ended before the measured command did (exit code 0; a service must stay in the foreground).");
    }

    [Fact]
    public async Task A_client_that_hangs_is_ended_at_its_time_limit_and_its_servers_with_it()
    {
        Serve("");
        var sample = await FailsAsync(
            Client(("Except", "workload=Set")) with
            {
                Command = Template.All([Dummy, "load", Ports, "seconds=900"]),
                Timeout = 2
            });
        sample.Outcome.ShouldBe(SampleOutcome.Timeout);
    }

    [Fact]
    public async Task A_preparation_that_hangs_is_ended_at_its_own_time_limit()
    {
        Serve("");
        var sample = await FailsAsync(Client(("Except", "workload=Set"), ("Prepare", "sleep 4711"),
            ("PrepareTimeout", "0.3")));
        sample.Outcome.ShouldBe(SampleOutcome.NotStarted);
        sample.Why!.ShouldStartWith("The preparation 'sleep 4711' failed (killed at the time limit of 0.3 s).");
    }

    [Fact]
    public async Task Samples_taken_with_another_idea_of_ready_do_not_count()
    {
        Services.Add(Server("a"));
        var client = Client(("Except", "workload=Set")) with
        {
            Command = Template.All([Dummy, "load", "{port:a}", "seconds=0.1"])
        };
        await RunAsync(1, client);
        Services[0] = Server("a", more: ("ReadyPort", "{port:a}"));
        (await Engine().PlanAsync([client], TestContext.Current.CancellationToken))[0].Reason.ShouldBe(
            "changed: ready port of service a is new: {port:a}");
    }

    [Fact]
    public async Task A_port_that_is_no_number_is_an_error_of_its_own()
    {
        Services.Add(Server("a", more: ("ReadyPort", "{workload}")));
        var problem = await Should.ThrowAsync<DiagnosticException>(() => RunAsync(1, Client()));
        problem.Diagnostics[0].Rule.ShouldBe(ExperimentRules.BadServicePort);
    }

    [Theory]
    [InlineData("ReadyPort", "web")]
    [InlineData("ReadyPort", "0")]
    [InlineData("ReadyPort", "65536")]
    [InlineData("ReadyTimeout", "0")]
    public void What_cannot_be_meant_is_reported_before_anything_starts(string name, string value) =>
        Should.Throw<DiagnosticException>(() => Server("a", more: (name, value))).Diagnostics[0].Rule.ShouldBe(
            Declarations.DeclarationRules.BadMetadata);

    [Fact]
    public void Free_ports_differ_and_are_not_those_of_outgoing_connections()
    {
        var ports = Enumerable.Range(0, 200).Select(_ => FreePorts.Next()).ToList();
        ports.AtLeastOne().ShouldBeUnique();
        var kernels = int.Parse(File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split('\t')[0],
            System.Globalization.CultureInfo.InvariantCulture);
        ports.AtLeastOne().ShouldAllBe(port => port < kernels);
    }

    [Fact]
    public void A_port_that_somebody_listens_on_is_not_free()
    {
        var port = FreePorts.Next();
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, port);
        listener.Start();
        Enumerable.Range(0, 23_000).Select(_ => FreePorts.Next()).ShouldNotContain(port);
    }
}
