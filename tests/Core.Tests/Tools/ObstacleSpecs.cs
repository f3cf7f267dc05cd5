using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Pins;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Tests.Tools;

public sealed class ObstacleSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("obstacles").FullName;

    private EvaluationLayout Layout => new(Path.Combine(folder, "evaluation"), folder);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Files_that_are_named_and_not_there_are_all_in_one_list()
    {
        File.WriteAllText(Path.Combine(folder, "there.sh"), "");
        Directory.CreateDirectory(Path.Combine(folder, "empty"));
        var experiment = Experiment("A",
            ("Command", "sh {project}/there.sh {project}/gone.sh {project}/{n}.txt {work}/x {project}/{work}"),
            ("Matrix", "n=1,2,3"), ("Except", "n=2"),
            ("Generate", "sh {project}/generate.sh"), ("GenerateAs", "x"), ("Environment", "DATA={project}/data.txt"),
            ("Inputs", "empty; *.csv; there.sh; in-{n}.txt; {source:code}/x"));
        var lacking = Obstacles.Files([experiment], [], Layout);
        lacking.Select(shortfall => shortfall.What).Order(StringComparer.Ordinal).ShouldBe(
            new[] { "*.csv", "1.txt", "3.txt", "data.txt", "empty", "generate.sh", "gone.sh", "in-1.txt",
                "in-3.txt" }.Select(name => $"file '{name}'"));
        lacking.AtLeastOne().ShouldAllBe(shortfall => shortfall.Remedy.Length > 0 && shortfall.NeededBy.Contains("A"));
        foreach (var name in new[] { "x.csv", "1.txt", "3.txt", "data.txt", "empty/x", "generate.sh", "gone.sh",
            "in-1.txt", "in-3.txt" })
            File.WriteAllText(Path.Combine(folder, name), "");
        Obstacles.Files([experiment], [], Layout).ShouldBeEmpty();
    }

    [Fact]
    public void A_file_that_several_need_is_one_line() =>
        Obstacles.Files([Experiment("A", ("Command", "{project}/x")), Experiment("B", ("Command", "{project}/x"))], [],
            Layout).Select(shortfall => shortfall.What).Distinct().ShouldHaveSingleItem();

    [Fact]
    public void Recorded_numbers_that_are_not_there_are_named()
    {
        var recorded = new RecordedDataDeclaration
        {
            Name = "R",
            Item = Item("RecordedData", "R"),
            Files = ["numbers.csv"],
        };
        Obstacles.Recorded([recorded], Layout).ShouldHaveSingleItem().What.ShouldBe("file 'numbers.csv'");
        File.WriteAllText(Path.Combine(folder, "numbers.csv"), "");
        Obstacles.Recorded([recorded], Layout).ShouldBeEmpty();
    }

    [Fact]
    public async Task Pins_that_are_not_here_are_named_for_a_machine_without_a_network()
    {
        var repo = new ExternalRepo
        {
            Name = "code",
            Item = Item("ExternalRepo", "code"),
            Url = "https://example.invalid/code",
            Commit = new string('1', 40)
        };
        var file = new ExternalFile
        {
            Name = "data",
            Item = Item("ExternalFile", "data"),
            Url = "u",
            LocalName = "data.bin"
        };
        var store = new SourceStore(new SourceOptions(Layout, Offline: true, []) { SearchPath = ["/usr/bin"] },
            new CollectedLog());
        var image = new ContainerImage { Name = "ubuntu", Item = Item("ContainerImage", "ubuntu") };
        IEnumerable<(string, IEnumerable<IDeclaration>)> needs = [("A", [repo, file]), ("B", [file, image])];
        var lacking = await Obstacles.OfflineAsync(needs, store, [], Layout, TestContext.Current.CancellationToken);
        lacking.Select(shortfall => $"{shortfall.What} {string.Join('+', shortfall.NeededBy)}")
            .ShouldBe(["ExternalRepo 'code' A", "ExternalFile 'data' A+B", "ContainerImage 'ubuntu' B"]);
        Directory.CreateDirectory(Path.Combine(Layout.Sources, "code"));
        Directory.CreateDirectory(Path.Combine(Layout.Sources, ".files/data"));
        File.WriteAllText(Path.Combine(Layout.Sources, ".files/data/data.bin"), "");
        (await Obstacles.OfflineAsync(needs, store, ["ubuntu"], Layout, TestContext.Current.CancellationToken))
            .ShouldBeEmpty();
    }

    private static DeclarationItem Item(string type, string name, params (string Name, string Value)[] metadata) =>
        new(type, name, metadata.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.OrdinalIgnoreCase),
            () => new SourceLocation("/build.proj", 3));

    private static ExperimentDeclaration Experiment(string name, params (string Name, string Value)[] metadata)
    {
        var diagnostics = new List<Diagnostic>();
        var experiment = ExperimentDeclaration.Parse(Item("Experiment", name, metadata), diagnostics);
        diagnostics.ShouldBeEmpty();
        return experiment;
    }
}
