namespace Verus.Artifact.Tests;

/// <summary>
/// Tests an evaluation among other projects, with the packed SDK and all dotnet commands that work on solutions.
/// </summary>
public sealed class SolutionSpecs : SdkProject
{
    private const string Common = "13b669be-bb05-4ddf-9536-439f39a36129";

    private string Evaluation => Path.Combine(Folder, "evaluations/speed.proj");

    public SolutionSpecs()
    {
        Put("NuGet.config",
            $"<configuration><packageSources><clear /><add key=\"feed\" value=\"{Repository}/artifacts/packages\" "
                + "/></packageSources></configuration>");
        Put("global.json", $$"""{ "msbuild-sdks": { "Verus.Artifact.Sdk": "{{Version}}" } }""");
        Put("tool/tool.csproj",
            "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>"
                + "net10.0</TargetFramework></PropertyGroup></Project>");
        Put("tool/Tool.cs", "System.Console.WriteLine(\"speed 1\");");
        // The content of a tool that the same solution builds is an input of the evaluation.
        Put("evaluations/speed.proj", """
            <Project Sdk="Verus.Artifact.Sdk">
              <ItemGroup>
                <ProjectReference Include="../tool/tool.csproj" />
                <Experiment Include="Speed" Command="dotnet {project}/../tool/bin/$(Configuration)/net10.0/tool.dll {n}" Matrix="n=1" Inputs="../tool/bin/$(Configuration)/net10.0/tool.dll"
                            MetricPatterns="speed=speed ([0-9]+)" Samples="1" />
                <Dataset Include="Speed" Experiments="Speed" Metric="speed" ValueColumn="speed" Unit="MB/s" />
                <Figure Include="Speed" Kind="GroupedBars" Datasets="Speed" X="n" Title="Speed" />
              </ItemGroup>
            </Project>
            """);
    }

    [Theory]
    [InlineData("slnx")]
    [InlineData("sln")]
    public void A_solution_takes_an_evaluation_and_only_a_build_measures(string format)
    {
        Isolated(Folder, "new", "sln", "--name", "all", "--format", format).Succeeds();
        var solution = $"all.{format}";
        Isolated(Folder, "sln", solution, "add", "tool/tool.csproj", "evaluations/speed.proj").Succeeds();
        File.ReadAllText(Path.Combine(Folder, solution)).ShouldContain(Common, Case.Insensitive);
        foreach (var command in new[] { "restore", "test", "pack", "publish", "clean" })
            Quiet(command, solution);
        Taken().ShouldBe(0);
        Quiet("build", solution).Output.ShouldContain("report -> evaluation/report/index.html");
        Taken().ShouldBe(1);
        foreach (var command in new[] { "test", "pack", "publish" })
            Quiet(command, solution, "-c", "Debug").Output.ShouldNotContain("report ->");
        Quiet("build", solution, "-graph", "-m",
            "-p:RestoreUseStaticGraphEvaluation=true").Output.ShouldContain("Nothing to do");
        Taken().ShouldBe(1);
        Quiet("clean", solution);
        Directory.Exists(Path.Combine(Folder, "evaluations/evaluation/figures")).ShouldBeFalse();
        Taken().ShouldBe(1);
        Isolated(Folder, "format", solution, "--verify-no-changes").Succeeds();
        Isolated(Folder, "list", solution, "package").Succeeds().Output.ShouldContain("Project 'speed'");
    }

    [Theory]
    [InlineData(Common)]
    [InlineData("C#")]
    public void A_solution_that_was_written_by_hand_builds_it(string type)
    {
        Put("hand.slnx",
            $"<Solution><Project Path=\"evaluations/speed.proj\" Type=\"{type}\" /><Project Path=\"tool/tool.csproj\" "
                + "/></Solution>");
        Quiet("build", "hand.slnx").Output.ShouldContain("report ->");
        Quiet("test", "hand.slnx");
        Taken().ShouldBe(1);
    }

    [Fact]
    public void What_a_reference_builds_is_there_before_the_declarations_are_read_and_is_an_input_by_content()
    {
        Quiet("build", Evaluation, "-graph");
        Quiet("build", Evaluation).Output.ShouldContain("Nothing to do");
        Isolated(Folder, "build", Evaluation, "-tl:off",
            "-t:Plan").Succeeds().Output.ShouldContain("Nothing would run");
        Put("tool/Tool.cs", "System.Console.WriteLine(\"speed 2\");");
        Isolated(Folder, "build", Evaluation, "-tl:off",
            "-t:Plan").Succeeds().Output.ShouldContain("1 sample of 1 cell to take");
        Quiet("build", Evaluation);
        Taken().ShouldBe(2);
        File.ReadAllText(Path.Combine(Folder, "evaluations/evaluation/data/Speed.csv")).ShouldContain(",2,");
        foreach (var folder in new[] { "tool/bin", "tool/obj" })
            Directory.Delete(Path.Combine(Folder, folder), recursive: true);
        // Restore and Build in one call: MSBuild reads the reference again after restoring it.
        Run("msbuild", Evaluation, "-t:Restore;Build", "-v:m").Output.ShouldContain("report ->");
        Taken().ShouldBe(2);
        Put("tool/Tool.cs", "no C#");
        Isolated(Folder, "build", Evaluation, "-tl:off").Fails("CS1002").Output.ShouldNotContain("report ->");
    }

    [Fact]
    public void Programs_and_evaluations_refer_to_an_evaluation_that_is_built_first_and_gives_them_nothing()
    {
        Put("user/user.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup><ProjectReference Include="../evaluations/speed.proj" /></ItemGroup>
            </Project>
            """);
        Put("user/User.cs", "System.Console.WriteLine();");
        var built = Quiet("build", "user/user.csproj").Output;
        built.IndexOf("report ->", StringComparison.Ordinal).ShouldBeInRange(0,
            built.IndexOf("user -> ", StringComparison.Ordinal));
        Directory.EnumerateFiles(Path.Combine(Folder, "user/bin"), "*.dll", SearchOption.AllDirectories)
            .Select(path => Path.GetFileName(path)).ShouldBe(["user.dll"]);
        Quiet("build", "user/user.csproj", "--no-dependencies");
        Put("second/second.proj", """
            <Project Sdk="Verus.Artifact.Sdk">
              <ItemGroup><ProjectReference Include="../evaluations/speed.proj" /><Experiment Include="Second" Command="true" Samples="1" /></ItemGroup>
            </Project>
            """);
        Quiet("build", "second/second.proj").Output.ShouldContain("Nothing to do");
        Taken("second").ShouldBe(1);
        Taken().ShouldBe(1);
    }

    [Fact]
    public void Editors_that_load_the_project_measure_nothing()
    {
        foreach (var property in new[] { "DesignTimeBuild=true", "BuildingProject=false" })
            foreach (var target in new[] { "Build", "Rebuild", "CheckClaims", "Report", "ResolveReferences",
                "GetTargetPath", "GetTargetFrameworks" })
                Run("msbuild", Evaluation, "-t:" + target, "-p:" + property);
        Directory.Exists(Path.Combine(Folder, "evaluations/evaluation")).ShouldBeFalse();
        Directory.Exists(Path.Combine(Folder, "tool/bin")).ShouldBeFalse();
    }

    [Fact]
    public void Watching_looks_at_what_the_experiments_read()
    {
        Quiet("build", Evaluation);
        var start = Isolated(Folder, "build", Evaluation, "-tl:off", "-t:GenerateWatchList",
            $"-p:_DotNetWatchListFile={Folder}/list.json",
            $"-p:CustomAfterMicrosoftCommonTargets={WatchTargets}", "-p:DesignTimeBuild=true").Succeeds();
        var watched = File.ReadAllText(Path.Combine(Folder, "list.json")).Replace("\\/", "/", StringComparison.Ordinal);
        foreach (var file in new[] { "evaluations/speed.proj", "tool/Tool.cs", "net10.0/tool.dll" })
            watched.ShouldContain(file, customMessage: start.Output);
    }

    [Fact]
    public void A_package_that_the_project_asks_for_is_an_error_and_those_of_the_repository_are_not()
    {
        const string Package =
            "<Project><ItemGroup><PackageReference Include=\"Of.The.Repository\" Version=\"1.0.0\" "
                + "/></ItemGroup></Project>";
        foreach (var file in new[] { "Directory.Build.props", "Directory.Build.targets" })
            Put(file, Package);
        Put("Directory.Packages.props",
            "<Project><ItemGroup><GlobalPackageReference Include=\"Global\" Version=\"1.0.0\" "
                + "/></ItemGroup></Project>");
        Put("one.proj",
            "<Project Sdk=\"Verus.Artifact.Sdk\">\n<ItemGroup><Experiment Include=\"E\" Command=\"true\" Samples=\"1\" "
                + "/></ItemGroup>\n</Project>");
        Quiet("build", "one.proj");
        Put("one.proj",
            "<Project Sdk=\"Verus.Artifact.Sdk\">\n<ItemGroup>\n<PackageReference Include=\"Mine\" Version=\"1.0.0\" "
                + "/></ItemGroup>\n</Project>");
        var build = Isolated(Folder, "build", "one.proj", "-tl:off").Fails("VART0101");
        build.Output.ShouldContain("one.proj(3,2): error VART0101: PackageReference 'Mine'");
        build.Output.ShouldNotContain("Of.The.Repository");
    }

    private static string WatchTargets =>
        Directory.EnumerateFiles(Path.GetDirectoryName(typeof(Microsoft.Build.Evaluation.Project).Assembly.Location)!,
            "DotNetWatch.targets", SearchOption.AllDirectories).First();

    // The build must have no warnings.
    private BuildResult Quiet(string command, string what, params string[] arguments)
    {
        var result = Isolated(Folder,
            [command, what, .. arguments, .. command == "restore" ? Array.Empty<string>() : ["-tl:off"],
                "-warnaserror"]);
        result.Output.ShouldNotContain("warning ");
        return result.Succeeds();
    }

    private BuildResult Run(string command, string project, params string[] arguments) =>
        Isolated(Folder, [command, project, .. arguments, "-tl:off", "-nologo"]).Succeeds();

    private int Taken(string folder = "evaluations")
    {
        var journal = Path.Combine(Folder, folder, "evaluation/experiments/journal.jsonl");
        return File.Exists(journal)
            ? File.ReadAllLines(journal).Count(line => line.Contains("\"sample\":", StringComparison.Ordinal)) : 0;
    }

    private void Put(string name, string content)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }
}
