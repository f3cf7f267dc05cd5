using System.Text.RegularExpressions;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Tests.Evaluation;

namespace Verus.Artifact.Tests.Extensions;

/// <summary>
/// Tests executors that extensions provide: samples are taken through them, and their mistakes are reported and affect
/// only their own experiments.
/// </summary>
public sealed partial class ExecutorSpecs : EvaluationFixture
{
    private static readonly string Page =
        File.ReadAllText(Path.Combine(ItemsOfFile.Repository, "docs/writing-an-executor.md"));

    [Fact]
    public async Task The_executor_of_the_page_measures_and_its_identity_is_part_of_the_key()
    {
        Use(CodeOfPage());
        Declare("Experiment", "E", ("Command", "nice"), ("Executor", "my-nice"), ("Niceness", "5"),
            ("MetricPatterns", @"niceness=^(\d+)$"));
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Samples().Select(sample => sample.Readings.Single().Metrics["niceness"]).ShouldBe([5, 5]);
        Samples().AtLeastOne().ShouldAllBe(sample => sample.Result.Measurement!.WallSeconds > 0);
        ExecutorPart().ShouldBe("my-nice 1; niceness 5");
        (await BuildAsync()).NothingToDo.ShouldBeTrue();

        Declare("Experiment", "E", ("Command", "nice"), ("Executor", "MY-NICE"),
            ("MetricPatterns", @"niceness=^(\d+)$"));
        (await PlanAsync()).Cells.ShouldHaveSingleItem().Reason.ShouldContain("niceness 10");
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Samples()[^1].Readings.Single().Metrics["niceness"].ShouldBe(10);

        // Another version of an executor is another executor; another build of the same version is not.
        Use(CodeOfPage() + "// another build");
        (await PlanAsync()).Cells.ShouldHaveSingleItem().Need.ShouldBe(0);
        Use(CodeOfPage().Replace("Version => 1", "Version => 2", StringComparison.Ordinal));
        (await PlanAsync()).Cells.ShouldHaveSingleItem().Reason.ShouldContain("my-nice 2; niceness 10");
    }

    [Fact]
    public async Task Numbers_of_such_an_executor_carry_its_deviations()
    {
        Use(CodeOfPage());
        Declare("Experiment", "E", ("Command", "true"), ("Executor", "my-nice"));
        Declare("Dataset", "D", ("Experiments", "E"));
        (await BuildAsync()).Errors.ShouldBeEmpty();
        File.ReadAllText(Path.Combine(Layout.Data, "D.samples.csv"))
            .ShouldContain("with a lower priority than other programs");
    }

    [Theory]
    [InlineData("Executor=\"my-nise\"", "VART4150", "'my-nice'")]
    [InlineData("Executor=\"my-nice\" Niceness=\"20\"", "VART0002", "from 0 to 19")]
    [InlineData("Executor=\"my-nice\" Nicenes=\"2\"", "VART0003", "'Niceness'")]
    [InlineData("Executor=\"my-nice\" SlurmOptions=\"--partition=x\"", "VART0003", "SlurmOptions")]
    [InlineData("Executor=\"Host\" Niceness=\"2\"", "VART0003", "Niceness")]
    [InlineData("SlurmOptions=\"--partition=x\"", "VART0003", "SlurmOptions")]
    [InlineData("Image=\"box\"", "VART0003", "Image")]
    [InlineData("Executor=\"Slurm\" Network=\"Host\"", "VART0003", "Network")]
    [InlineData("Executor=\"Docker\" Network=\"Bridge\" Image=\"box\"", "VART0002", "None, Host")]
    [InlineData("Executor=\"my-nice\" Tune=\"turbo=off\"", "", "")]
    [InlineData("Executor=\"my-nice\" Device=\"\"", "", "")]
    [InlineData("Executor=\"away\" Tune=\"turbo=off\"", "VART0002", "only this machine can be set")]
    public void What_its_metadata_say_is_checked(string experiment, string code, string says)
    {
        const string Away = """
            public sealed class Away : IExecutorKind
            {
                public string Name => "away";
                public int Version => 1;
                public Placement Configure(IMetadata metadata) => new("") { Machine = PlaceMachine.Elsewhere };
                public IExecutor Open(IExecutorServices services) => new NiceExecutor(services);
            }
            """;
        var items = Declared.Items(
            $"<ContainerImage Include=\"box\" Reference=\"box:1@sha256:{new string('0', 64)}\" /><Experiment "
                + $"Include=\"E\" Command=\"true\" {experiment} />");
        items.Add(Item("ArtifactExtension", Compiled.To(Bin, "Executors", CodeOfPage() + Away)));
        var problems = Declared.Problems(items, Layout);
        string.Concat(problems.Select(problem => problem.Rule.Code)).ShouldBe(code);
        string.Concat(problems.Select(problem => problem.Message)).ShouldContain(says);
    }

    [Theory]
    [InlineData("Name => throw new InvalidOperationException(\"not today\")", "public string Name => \"bad\"")]
    [InlineData("Version => throw new InvalidOperationException(\"not today\")", "public int Version => 1")]
    [InlineData("Configure(IMetadata metadata) => throw new InvalidOperationException(\"not today\")",
        "public Placement Configure(IMetadata metadata) => new(\"\")")]
    [InlineData("Configure(IMetadata metadata) => null!", "public Placement Configure(IMetadata metadata) => new(\"\")",
        "no placement")]
    [InlineData("Configure(IMetadata metadata) => new(null!)",
        "public Placement Configure(IMetadata metadata) => new(\"\")", "identity")]
    public void One_that_fails_before_anything_runs_is_one_error(string bad, string good, string says = "not today")
    {
        Use(Kind("", "").Replace(good, good[..good.IndexOf(bad[..4], StringComparison.Ordinal)] + bad,
            StringComparison.Ordinal));
        Declare("Experiment", "E", ("Command", "true"), ("Executor", "bad"));
        var problem = Declared.Problems(Items, Layout).ShouldHaveSingleItem();
        problem.Rule.Code.ShouldBe("VART0144");
        problem.Message.ShouldContain(says);
        problem.Message.ShouldNotContain(" at ");
    }

    // Each case has the member that fails, the code, a part of the message, and the number of samples that the other
    // experiment has at the end.
    public static TheoryData<string, string, string[], int> Failures => new()
    {
        { "Open", "VART3003", ["bad", "not today"], 2 },
        { "FindMissingAsync", "VART3003", ["bad", "not today"], 2 },
        { "null FindMissingAsync", "VART3003", ["bad", "failed while it listed what it lacks"], 2 },
        { "MachineAsync", "VART4151", ["bad", "not today"], 0 },
        { "null MachineAsync", "VART4151", ["bad", "returned nothing"], 0 },
        { "text MachineAsync", "VART4151", ["bad", "did not return what artifact-runner prints"], 0 },
        { "RunAsync", "VART4145", ["bad", "not today"], 2 },
        { "null RunAsync", "VART4145", ["bad", "returned nothing"], 2 },
        { "text RunAsync", "VART4121", ["bad", "it is not a result"], 0 },
        { "own RunAsync", "MINE0001", ["Book a node."], 0 },
        { "SweepAsync", "VART4145", ["bad", "not today"], 2 },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task One_that_fails_is_told_by_its_name_and_stops_no_other(string what, string code, string[] says,
        int others)
    {
        DeclareFailing(what);
        var errors = (await BuildAsync()).Errors;
        errors.Select(error => error.Rule.Code).ShouldContain(code);
        var message = string.Concat(errors.Select(error => error.Message));
        says.AtLeastOne().ShouldAllBe(part => message.Contains(part, StringComparison.Ordinal), message);
        message.ShouldNotContain("   at ");
        Samples().ShouldNotContain(sample => sample.Cell == "E");
        Samples().Count(sample => sample.Cell == "Other").ShouldBeGreaterThanOrEqualTo(others);
    }

    [Theory]
    [InlineData("DeviationsOf")]
    [InlineData("DisposeAsync")]
    public async Task One_that_fails_after_its_samples_is_a_warning(string what)
    {
        DeclareFailing(what);
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Log.Reported.ShouldContain(one =>
            one.Rule.Code == "VART4153" && one.Message.Contains("'bad'", StringComparison.Ordinal));
        Samples().Count(sample => sample.Cell == "E").ShouldBe(2);
    }

    [Theory]
    [InlineData("RunAsync")]
    [InlineData("null RunAsync")]
    [InlineData("text RunAsync")]
    [InlineData("own RunAsync")]
    public async Task What_a_failed_job_left_is_swept(string what)
    {
        DeclareFailing(what);
        await BuildAsync();
        File.ReadAllLines(Marks).AtLeastOne().ShouldAllBe(id => Attempts.IsId(id));
        Attempts.LeftIn(Layout).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_cannot_be_swept_stays_and_is_told_by_the_next_call()
    {
        DeclareFailing("SweepAsync");
        await BuildAsync();
        Attempts.LeftIn(Layout).Count.ShouldBe(3);
        (await BuildAsync()).Errors.ShouldHaveSingleItem().Rule.Code.ShouldBe("VART4151");
    }

    private string Marks => Path.Combine(Folder, "marks");

    // Two experiments, one of which runs by an executor that fails.
    private void DeclareFailing(string what)
    {
        const string Throws = "throw new InvalidOperationException(\"not today\")";
        string Body(string member, string otherwise) => what == member || (what == "SweepAsync" && member == "RunAsync")
            ? Throws
            : what == "null " + member
                ? "Task.FromResult<" + (member == "FindMissingAsync" ? "IReadOnlyList<MissingRequirement>" : "string")
                    + ">(null!)!"
            : what == "text " + member
                ? "Task.FromResult<string" + (member == "MachineAsync" ? "?" : "") + ">(\"hello\")"
            : what == "own " + member
                ? "throw new Verus.Artifact.Diagnostics.DiagnosticRule(\"MINE0001\", "
                    + "Verus.Artifact.Diagnostics.Severity.Error, \"Booked\", \"No node is free. Book a "
                    + "node.\").Error(default)"
            : otherwise;
        Use(Kind($$"""
            public Task<IReadOnlyList<MissingRequirement>> FindMissingAsync(PlacedExperiment experiment, CancellationToken cancellation) => {{Body("FindMissingAsync", "Task.FromResult<IReadOnlyList<MissingRequirement>>([])")}};
            public Task<string?> MachineAsync(PlacedExperiment experiment, CancellationToken cancellation) => {{Body("MachineAsync", "Ask(cancellation)")}};
            private async Task<string?> Ask(CancellationToken cancellation) => await services.AskAsync([services.Runner, "machine"], cancellation);
            public Task<string> RunAsync(ExecutorJob job, CancellationToken cancellation) => {{Body("RunAsync", "services.RunAsync([services.Runner, \"run\"], job, cancellation)")}};
            public IReadOnlyList<string> DeviationsOf(PlacedExperiment experiment) => {{Body("DeviationsOf", "[]")}};
            public Task SweepAsync(IReadOnlyList<string> jobIds, CancellationToken cancellation)
            {
                File.AppendAllLines("{{Marks}}", jobIds);
                {{(what == "SweepAsync" ? Throws : "return Task.CompletedTask")}};
            }
            public ValueTask DisposeAsync() => {{Body("DisposeAsync", "ValueTask.CompletedTask")}};
            """, what == "Open" ? Throws : "new Bad(services)"));
        Declare("Experiment", "E", ("Command", "echo 1"), ("Executor", "bad"));
        Declare("Experiment", "Other", ("Command", "echo 2"));
    }

    [Fact]
    public async Task The_command_of_one_that_fails_is_told_with_its_last_words()
    {
        Use(CodeOfPage().Replace("\"nice\", \"-n\"", "\"sh\", \"-c\", \"echo no route >&2; exit 255\"",
            StringComparison.Ordinal));
        Declare("Experiment", "E", ("Command", "true"), ("Executor", "my-nice"));
        (await BuildAsync()).Errors.ShouldHaveSingleItem().Message.ShouldContain("ended with exit code 255: no route");
        Log.Reported.ShouldContain(one => one.Rule.Code == "VART4144");
    }

    [Fact]
    public async Task Cancelled_it_leaves_nothing_behind()
    {
        const string Sleep = "sleep 3141.59";
        Use(CodeOfPage());
        Declare("Experiment", "E", ("Command", Sleep), ("Executor", "my-nice"));
        using var opened = await Verus.Artifact.Evaluation.OpenEvaluation.OpenAsync(Options, Items,
            Verus.Artifact.Evaluation.Purpose.Evaluate, Log, TestContext.Current.CancellationToken);
        var context = ((Verus.Artifact.Evaluation.WorkingEvaluation)opened).Context;
        var inputs = new Verus.Artifact.Evaluation.AcquiredInputs();
        await using var places = new Verus.Artifact.Evaluation.EvaluationPlaces(context, inputs,
            context.CellContext(inputs, []), Log);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = context.ExperimentEngine(context.CellContext(inputs, []), places, context.ReadJournal(Log),
            Log).RunAsync(context.Model.Experiments, stop.Token);
        while (!running.IsCompleted && !IsThere(Sleep))
            await Task.Delay(20, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);
        IsThere(Sleep).ShouldBeFalse();
        Samples().ShouldBeEmpty();
    }

    [Fact]
    public void An_executor_named_like_one_that_ships_is_refused()
    {
        Use(CodeOfPage().Replace("\"my-nice\";", "\"docker\";", StringComparison.Ordinal));
        Declared.Problems(Items,
            Layout).ShouldHaveSingleItem().Message.ShouldContain("the executor 'docker', which the SDK has already");
    }

    // A new kind of place is only a new class: no other code lists the kinds that exist.
    [Fact]
    public void Nothing_but_its_own_folder_names_a_kind_that_ships()
    {
        var core = Path.Combine(ItemsOfFile.Repository, "src/Core");
        foreach (var kind in ExtensionSet.BuiltIn.Executors.All.AtLeastOne())
        {
            kind.ShouldBeAssignableTo<Verus.Artifact.Places.IOwnPlaceKind>();
            var own = kind.GetType().Namespace!.Split('.')[^1];
            var names =
                new Regex(
                    $@"\b{own}(?:Kind|Placement)\b{(kind.Name == IPlaceKind.Default ? "" : $"|\"{kind.Name}\"")}");
            Directory.EnumerateFiles(core, "*.cs", SearchOption.AllDirectories)
                .Where(file => names.IsMatch(File.ReadAllText(file)))
                .Select(file => Path.GetRelativePath(core, file)).AtLeastOne()
                .ShouldAllBe(file => file.StartsWith($"Places/{own}/", StringComparison.Ordinal), kind.Name);
        }
    }

    private string Bin => Path.Combine(Folder, "extension");

    private void Use(string code) => Declare("ArtifactExtension", Compiled.To(Bin, "Executors", code));

    private string ExecutorPart() => Journal.Read(Journal.FileIn(Layout),
        Log).Cells[Samples()[^1].Key].Parts.Single(part => part.Name == "executor").Value;

    private static string CodeOfPage() => Code().Match(Page).Groups[1].Value;

    private static bool IsThere(string command) => Directory.EnumerateDirectories("/proc").Any(process =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ').Trim() == command;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    // An executor kind named 'bad' for another machine, which is actually this machine.
    private static string Kind(string members, string open) => $$"""
        using Verus.Artifact.Extensions;
        public sealed class BadKind : IExecutorKind
        {
            public string Name => "bad";
            public int Version => 1;
            public Placement Configure(IMetadata metadata) => {{(members.Length == 0 ? "new(\"\")" : "new(\"\") { Machine = PlaceMachine.Guest }")}};
            public IExecutor Open(IExecutorServices services) => {{(open.Length == 0 ? "null!" : open)}};
        }
        public sealed class Bad(IExecutorServices services) : {{(members.Length == 0 ? "Object" : "IExecutor")}}
        {
            public IExecutorServices Services => services;
            {{members}}
        }
        """;

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Code();
}
