namespace Verus.Artifact.Tests;

/// <summary>
/// Tests the first steps of a new user, with the packed packages as the only feed, in an empty folder, and without a
/// network if the system allows that.
/// </summary>
public sealed class TemplateSpecs : SdkProject
{
    private const string SecondFigure = """
          <Dataset Include="Size" Experiments="Compress" Metric="size" ValueColumn="size" Unit="MB" Scale="1e-6" />
          <Figure Include="Size" Kind="GroupedBars" Datasets="Size" X="level" Title="Size after compression"
            XLabel="level" YLabel="size (MB)" />
        """;

    private static readonly string Feed = Path.Combine(Repository, "artifacts/packages");

    private string Artifact => Path.Combine(Folder, "my-artifact");

    [Fact]
    public void A_new_artifact_builds_at_once_and_a_second_figure_measures_nothing_again()
    {
        Isolated(Folder, "new", "install", Directory.EnumerateFiles(Feed, "Verus.Artifact.Templates.*.nupkg").Single())
            .Succeeds();
        Isolated(Folder, "new", "verus-artifact", "--name", "my-artifact", "--feed", Feed).Succeeds();
        Directory.EnumerateFileSystemEntries(Artifact).Select(path => Path.GetFileName(path))
            .Order(StringComparer.Ordinal)
            .ShouldBe([".gitignore", "NuGet.config", "README.md", "compress.sh", "eng", "evaluate", "global.json",
                "my-artifact.proj"]);
        Isolated(Artifact, "build", "-tl:off").Succeeds().Output.ShouldContain("Cost");
        File.Exists(Path.Combine(Artifact, "evaluation/report/index.html")).ShouldBeTrue();
        var journal = File.ReadAllLines(Path.Combine(Artifact, "evaluation/experiments/journal.jsonl"));
        var project = Path.Combine(Artifact, "my-artifact.proj");
        // The lines are those that the README of the template says to add.
        foreach (var line in SecondFigure.Split('\n').AtLeastOne())
            File.ReadAllText(Path.Combine(Artifact, "README.md")).ShouldContain(line.Trim());
        File.WriteAllText(project,
            File.ReadAllText(project).Replace("</Project>", $"<ItemGroup>{SecondFigure}</ItemGroup></Project>",
                StringComparison.Ordinal));
        Isolated(Artifact, "build", "-tl:off").Succeeds();
        File.Exists(Path.Combine(Artifact, "evaluation/figures/Size.svg")).ShouldBeTrue();
        File.ReadAllLines(Path.Combine(Artifact, "evaluation/experiments/journal.jsonl")).ShouldBe(journal);
        // The SDK came from the feed, and from nowhere else.
        Directory.EnumerateDirectories(Path.Combine(Folder, "home/packages")).Select(path => Path.GetFileName(path))
            .ShouldBe(["verus.artifact.sdk"]);
    }

    // As a reader of the paper would: a clone in another place, then one command. The set-up finds everything there.
    [Fact]
    public void A_clone_of_a_new_artifact_is_evaluated_by_one_command()
    {
        Isolated(Folder, "new", "install", Directory.EnumerateFiles(Feed, "Verus.Artifact.Templates.*.nupkg").Single())
            .Succeeds();
        Isolated(Folder, "new", "verus-artifact", "--name", "my-artifact", "--feed", Feed).Succeeds();
        GitCommand.CommitAll(Artifact);
        Isolated(Artifact, "build", "-t:WriteNeeds", "-tl:off").Succeeds();
        Programs.Shell(Artifact, "git status --porcelain").Succeeds().Output
            .ShouldBeEmpty("the needs of the template are as declared");
        var clone = Path.Combine(Folder, "clone");
        Programs.Shell(Folder, $"git clone --quiet '{Artifact}' '{clone}'").Succeeds();
        var dry = Script("--dry-run", "Build");
        dry.ExitCode.ShouldBe(0, dry.Output);
        dry.Output.ShouldContain("there is nothing to do");
        Script("Build", "-tl:off").Succeeds().Output.ShouldContain("Cost");
        File.Exists(Path.Combine(clone, "evaluation/report/index.html")).ShouldBeTrue();

        BuildResult Script(params string[] arguments)
        {
            var home = Path.Combine(Folder, "home");
            return Run(new Dictionary<string, string>
            {
                ["DOTNET_CLI_HOME"] = home,
                ["NUGET_PACKAGES"] = Path.Combine(home, "packages"),
                ["MSBUILDDISABLENODEREUSE"] = "1",
            }, clone, [Path.Combine(clone, "evaluate"), .. arguments]);
        }
    }

    // Nodes of MSBuild are reused, as on users' machines, so that the node that has loaded an extension also runs the
    // next build.
    [Fact]
    public void A_new_extension_is_built_and_used_and_seen_again_when_it_changes()
    {
        const string Reader =
            "<Dataset Include='Seconds' Experiments='Timed' Metric='time' /><Experiment Include='Timed' Command='echo "
                + "time 1.5' Samples='1' Reader='my-words' Words='time' />";
        Isolated(Folder, "new", "install", Directory.EnumerateFiles(Feed, "Verus.Artifact.Templates.*.nupkg").Single())
            .Succeeds();
        Isolated(Folder, "new", "verus-artifact-extension", "--name", "my-readers", "--feed", Feed).Succeeds();
        File.Copy(Path.Combine(Folder, "my-readers/NuGet.config"), Path.Combine(Folder, "NuGet.config"));
        File.WriteAllText(Project,
            $"<Project Sdk=\"Verus.Artifact.Sdk/{Version}\"><ItemGroup><ArtifactExtension "
                + $"Include='my-readers/my-readers.csproj' />{Reader}</ItemGroup></Project>");
        Variables["MSBUILDDISABLENODEREUSE"] = "0";
        try
        {
            Seconds().ShouldBe("1.5");
            var journal = File.ReadAllText(Journal);
            var source = Path.Combine(Folder, "my-readers/WordReader.cs");
            File.WriteAllText(source, File.ReadAllText(source).Replace("OutputNumber.Parse(", "2 * OutputNumber.Parse(",
                StringComparison.Ordinal));
            Seconds().ShouldBe("3");
            File.ReadAllText(Journal).ShouldBe(journal);
        }
        finally
        {
            Isolated(Folder, "build-server", "shutdown", "--msbuild");
        }

        string Seconds()
        {
            Isolated(Folder, "build", Project, "-m:2", "-tl:off", "-nodeReuse:true").Succeeds();
            return File.ReadLines(Path.Combine(Folder, "evaluation/data/Seconds.csv")).Last().Split(',')[0];
        }
    }

    [Fact]
    public void Without_a_feed_no_source_is_named()
    {
        Isolated(Folder, "new", "install", Directory.EnumerateFiles(Feed, "Verus.Artifact.Templates.*.nupkg").Single())
            .Succeeds();
        Isolated(Folder, "new", "verus-artifact", "--name", "my-artifact").Succeeds();
        File.Exists(Path.Combine(Artifact, "NuGet.config")).ShouldBeFalse();
        foreach (var file in Directory.EnumerateFiles(Artifact).AtLeastOne())
            File.ReadAllText(file).ShouldNotMatch("SDK-(VERSION|FEED)|artifact-name", file);
    }

    [Fact]
    public void An_sdk_that_no_feed_has_is_said_by_name()
    {
        Directory.CreateDirectory(Artifact);
        Directory.CreateDirectory(Path.Combine(Folder, "empty-feed"));
        File.WriteAllText(Path.Combine(Artifact, "NuGet.config"),
            $"<configuration><packageSources><clear /><add key=\"empty\" value=\"{Folder}/empty-feed\" "
                + "/></packageSources></configuration>");
        File.WriteAllText(Path.Combine(Artifact, "some.proj"), "<Project Sdk=\"Verus.Artifact.Sdk/0.1.0\" />");
        var build = Isolated(Artifact, "build", "-tl:off");
        build.ExitCode.ShouldNotBe(0);
        // The message must contain the words that docs/troubleshooting.md explains.
        build.Output.ShouldContain("MSB4236");
        build.Output.ShouldContain("Verus.Artifact.Sdk");
    }
}
