using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Verus.Artifact.Tests;

/// <summary>
/// Tests the first steps of a new user, with the packed packages as the only feed, in an empty folder, and without a
/// network if the system allows that.
/// </summary>
public sealed partial class TemplateSpecs : SdkProject
{
    private const string SecondFigure = """
          <Dataset Include="Size" Experiments="Compress" Metric="size" ValueColumn="size" Unit="MB" Scale="1e-6" />
          <Figure Include="Size" Kind="GroupedBars" Datasets="Size" X="level" Title="Size after compression"
            XLabel="level" YLabel="size (MB)" />
        """;

    private static readonly string Feed = Path.Combine(Repository, "artifacts/packages");

    private const string CiFile = ".github/workflows/artifact.yml";

    private string Artifact => Path.Combine(Folder, "my-artifact");

    [Fact]
    public void A_new_artifact_builds_at_once_and_a_second_figure_measures_nothing_again()
    {
        Isolated(Folder, "new", "install", Directory.EnumerateFiles(Feed, "Verus.Artifact.Templates.*.nupkg").Single())
            .Succeeds();
        Isolated(Folder, "new", "verus-artifact", "--name", "my-artifact", "--feed", Feed).Succeeds();
        Directory.EnumerateFileSystemEntries(Artifact).Select(path => Path.GetFileName(path))
            .Order(StringComparer.Ordinal)
            .ShouldBe([".dockerignore", ".editorconfig", ".gitignore", ".vscode", "CITATION.cff", "Dockerfile",
                "NEXT-STEPS.md", "NuGet.config", "README.md", "compress.sh", "eng", "evaluate", "global.json",
                "my-artifact.proj"]);
        Isolated(Artifact, "build", "-tl:off").Succeeds().Output.ShouldContain("Cost");
        File.Exists(Path.Combine(Artifact, "evaluation/report/index.html")).ShouldBeTrue();
        var journal = File.ReadAllLines(Path.Combine(Artifact, "evaluation/experiments/journal.jsonl"));
        var project = Path.Combine(Artifact, "my-artifact.proj");
        // The lines are those that the template's next steps say to add.
        foreach (var line in SecondFigure.Split('\n').AtLeastOne())
            File.ReadAllText(Path.Combine(Artifact, "NEXT-STEPS.md")).ShouldContain(line.Trim());
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

    [Fact]
    public void A_workflow_of_GitHub_runs_commands_that_work_and_keeps_what_they_write()
    {
        var yaml = WithCi("github", CiFile);
        var steps = At(yaml, "jobs", "evaluate", "steps").AllNodes.OfType<YamlMappingNode>().ToList();
        HoldJob([.. steps.Where(step => step.Children.ContainsKey("run")).Select(step => step["run"].ToString())],
            [.. steps.Single(node => node.Children.ContainsKey("path"))["path"].ToString().Trim().Split('\n')]);
        Directory.Exists(Path.Combine(Artifact, ".github")).ShouldBeTrue();
        File.Exists(Path.Combine(Artifact, ".gitlab-ci.yml")).ShouldBeFalse();
    }

    [Fact]
    public void A_pipeline_of_GitLab_runs_commands_that_work_and_keeps_what_they_write()
    {
        var job = At(WithCi("gitlab", ".gitlab-ci.yml"), "evaluate");
        At(job, "artifacts", "reports", "junit").ToString().ShouldBe("evaluation/report/junit.xml");
        HoldJob([.. ((YamlSequenceNode)job["script"]).Select(line => line.ToString())],
            [.. ((YamlSequenceNode)At(job, "artifacts", "paths")).Select(line => line.ToString())]);
        Directory.Exists(Path.Combine(Artifact, ".github")).ShouldBeFalse();
    }

    [Fact]
    public void Pages_of_a_new_artifact_name_targets_properties_and_files_that_exist()
    {
        Isolated(Folder, "new", "install", Directory.EnumerateFiles(Feed, "Verus.Artifact.Templates.*.nupkg").Single())
            .Succeeds();
        Isolated(Folder, "new", "verus-artifact", "--name", "my-artifact", "--ci", "github").Succeeds();
        var reference = File.ReadAllText(Path.Combine(Repository, "docs/reference.md"));
        string[] files = ["README.md", "NEXT-STEPS.md", "Dockerfile", ".vscode/tasks.json", CiFile];
        foreach (var file in files.AtLeastOne())
        {
            var text = File.ReadAllText(Path.Combine(Artifact, file));
            foreach (var name in Called().Matches(text).Select(match => match.Groups["name"].Value).Except(["TARGET"])
                .AtLeastOne())
                reference.ShouldContain($"| `{name}` |", customMessage: $"{file} names {name}");
            text.ShouldNotContain("artifact-name");
        }
        // The files that the pages name are in the artifact.
        foreach (var file in new[] { "Dockerfile", "NEXT-STEPS.md", "evaluate", "CITATION.cff", "eng/needs.txt" }
            .AtLeastOne())
            File.Exists(Path.Combine(Artifact, file)).ShouldBeTrue(file);
        var citation = Yaml(Path.Combine(Artifact, "CITATION.cff"));
        // The keys that the format requires.
        foreach (var key in new[] { "cff-version", "message", "title", "authors" }.AtLeastOne())
            citation.Children.ShouldContainKey(key);
        At(citation, "title").ToString().ShouldBe("my-artifact");
        foreach (var file in new[] { ".vscode/tasks.json", ".vscode/extensions.json" }.AtLeastOne())
            JsonDocument.Parse(File.ReadAllText(Path.Combine(Artifact, file))).RootElement.EnumerateObject()
                .ShouldNotBeEmpty();
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
        Directory.Exists(Path.Combine(Artifact, ".github")).ShouldBeFalse();
        File.Exists(Path.Combine(Artifact, ".gitlab-ci.yml")).ShouldBeFalse();
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

    private YamlMappingNode WithCi(string choice, string file)
    {
        Isolated(Folder, "new", "install", Directory.EnumerateFiles(Feed, "Verus.Artifact.Templates.*.nupkg").Single())
            .Succeeds();
        Isolated(Folder, "new", "verus-artifact", "--name", "my-artifact", "--ci", choice, "--feed", Feed).Succeeds();
        return Yaml(Path.Combine(Artifact, file));
    }

    // The script ./evaluate has a test of its own.
    private void HoldJob(IReadOnlyList<string> scripts, IReadOnlyList<string> kept)
    {
        scripts.ShouldBe(["./evaluate Build -p:Smoke=true",
            "./evaluate Report -p:ArtifactClaimErrors=NotSupported%3BNotMeasured"]);
        kept.ShouldContain("evaluation/report/");
        foreach (var words in scripts.Select(script => script.Split(' ')).AtLeastOne())
            Isolated(Artifact, ["build", "-tl:off", $"-t:{words[1]}", .. words[2..]]).Succeeds();
        foreach (var path in kept.Append("evaluation/report/junit.xml").AtLeastOne())
            Path.Exists(Path.Combine(Artifact, path)).ShouldBeTrue(path);
    }

    private static YamlMappingNode Yaml(string file)
    {
        var stream = new YamlStream();
        using var reader = File.OpenText(file);
        stream.Load(reader);
        return (YamlMappingNode)stream.Documents.ShouldHaveSingleItem().RootNode;
    }

    private static YamlNode At(YamlNode node, params string[] keys) =>
        keys.Aggregate(node, (inner, key) => inner[key]);

    [GeneratedRegex(@"(?:\./evaluate (?:--dry-run )?|-t:|-p:)(?<name>[A-Z]\w+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Called();
}
