namespace Verus.Artifact.Tests;

/// <summary>Tests the targets as MSBuild evaluates them.</summary>
public sealed class TargetsSpecs : SdkProject
{
    private const string Small = """
        <ItemGroup>
          <Experiment Include="Quick" Matrix="n=1,2" Command="true {n}" Samples="1" />
          <Dataset Include="Quick" Experiments="Quick" />
          <Figure Include="Quick" Kind="GroupedBars" Datasets="Quick" X="n" Title="Quick" />
        </ItemGroup>
        """;

    private static readonly string[] Stages =
        ["_DeclareEvaluation", "_Preflight", "_AcquireSources", "_ProvisionTools", "_RunExperiments", "_WriteDatasets",
            "_DrawFigures", "_CheckClaims", "_WriteReport", "_FinishEvaluation"];

    [Fact]
    public void Stages_run_in_the_order_of_the_line()
    {
        Write(Small);
        var build = InProcess.Build(Project, "Build");
        build.Succeeded.ShouldBeTrue(string.Join('\n', build.Errors.Select(error => error.Message)));
        build.Targets.Intersect(Stages).ShouldBe(Stages);
        Samples().Count.ShouldBe(2);
    }

    [Fact]
    public void Nothing_between_the_first_and_the_last_stage_runs_when_everything_is_up_to_date()
    {
        Write(Small);
        InProcess.Build(Project, "Build").Succeeded.ShouldBeTrue();
        var again = InProcess.Build(Project, "Build");
        again.Succeeded.ShouldBeTrue();
        again.Targets.Intersect(Stages).ShouldBe(["_DeclareEvaluation", "_FinishEvaluation"]);
        again.Messages.ShouldContain(message => message.Contains("Nothing to do", StringComparison.Ordinal));
    }

    [Fact]
    public void An_error_before_the_first_stage_is_the_only_one()
    {
        Write(Small + """
            <Target Name="Early" BeforeTargets="_DeclareEvaluation"><Error Text="the real one" /></Target>
            """);
        InProcess.Build(Project, "Build", ("ArtifactTasksAssembly", Path.Combine(Tools,
            "net10.0/Verus.Artifact.Tasks.dll"))).Errors.ShouldHaveSingleItem().Message.ShouldBe("the real one");
        var lost = InProcess.Build(Project, "_CloseEvaluation", ("ArtifactTasksAssembly", "/no/such/tasks.dll"));
        lost.Errors.ShouldBeEmpty("there is nothing to close");
    }

    [Theory]
    [InlineData("Plan")]
    [InlineData("Explain")]
    [InlineData("Pins")]
    [InlineData("Preflight")]
    public void Targets_that_only_tell_run_no_stage_that_changes_something(string target)
    {
        Write(Small);
        var build = InProcess.Build(Project, target);
        build.Succeeded.ShouldBeTrue(string.Join('\n', build.Errors.Select(error => error.Message)));
        build.Targets.Intersect(Stages.Except(["_DeclareEvaluation", "_FinishEvaluation", "_Preflight"]))
            .ShouldBeEmpty();
        Directory.Exists(Path.Combine(Folder, "evaluation")).ShouldBeFalse();
    }

    [Fact]
    public void Hooks_of_the_project_run_before_the_first_stage()
    {
        Write(
            Small
                + "<PropertyGroup><ArtifactEvaluateDependsOn>_Mine</ArtifactEvaluateDependsOn></PropertyGroup><Target "
                + "Name='_Mine' />");
        var targets = InProcess.Build(Project, "Build").Targets;
        targets.Intersect(["_Mine", "_DeclareEvaluation"]).ShouldBe(["_Mine", "_DeclareEvaluation"]);
    }

    [Fact]
    public void An_error_has_its_code_file_line_and_page()
    {
        Write(
            "<ItemGroup>\n<Experiment Include='E' Command='true' Timeout='soon' />\n<Figure Include='F' Kind='Table' "
                + "Datasets='D' Rows='a' Columns='b' Width='wide' /></ItemGroup>");
        var build = InProcess.Build(Project, "Build");
        build.Succeeded.ShouldBeFalse();
        build.Errors.AtLeastOne()
            .ShouldAllBe(error => error.File == Project && error.Code.StartsWith("VART", StringComparison.Ordinal));
        build.Errors.Select(error => (error.Code, error.LineNumber))
            .ShouldBe([("VART0002", 4), ("VART0002", 5), ("VART0005", 5)], ignoreOrder: true);
        build.Errors.AtLeastOne()
            .ShouldAllBe(error => error.HelpLink != null
                && error.HelpLink.EndsWith($"docs/diagnostics/{error.Code}.md", StringComparison.Ordinal));
    }

    [Fact]
    public void Items_made_of_a_table_keep_its_columns_to_themselves_and_an_error_has_the_line_that_makes_the_item()
    {
        const string Table = """
            <ItemGroup>
            <_Row Include='A'><_N>1</_N></_Row>
            <_Row Include='B'><_N>2</_N></_Row>
            <Experiment Include="@(_Row->'E.%(Identity).Short')" Command='true %(_N)' Samples='1' />
            <Experiment Include="@(_Row->'E.%(Identity).Long')" Command='true %(_N)' Samples='1' Timeout='LIMIT' />
            </ItemGroup>
            """;
        Write(Table.Replace("LIMIT", "soon", StringComparison.Ordinal));
        InProcess.Build(Project, "Build").Errors.Select(error => (error.Code, error.LineNumber))
            .ShouldBe([("VART0002", 7), ("VART0002", 7)]);
        Write(Table.Replace("LIMIT", "60", StringComparison.Ordinal));
        InProcess.Build(Project, "Build").Succeeded.ShouldBeTrue();
        Samples().Count.ShouldBe(4);
    }

    [Theory]
    [InlineData("OnMissing", "Fail")]
    [InlineData("Offline", "false")]
    [InlineData("ArtifactEvaluationDir", "evaluation")]
    public void A_property_has_its_default_unless_the_project_or_the_caller_says_otherwise(string name, string value)
    {
        Write("");
        InProcess.Evaluate(Project).GetPropertyValue(name).ShouldBe(value);
        InProcess.Evaluate(Project, (name, "given")).GetPropertyValue(name).ShouldBe("given");
        Write($"<PropertyGroup><{name}>said</{name}></PropertyGroup>");
        InProcess.Evaluate(Project).GetPropertyValue(name).ShouldBe("said");
    }

    [Fact]
    public void Every_public_target_is_there_and_every_target_without_underscore_is_public()
    {
        var project = InProcess.Evaluate(Path.Combine(Repository, "build.proj"));
        var listed = project.GetItems("PublicTarget").Select(item => item.EvaluatedInclude).ToList();
        listed.AtLeastOne().ShouldBeUnique();
        listed.ShouldBeSubsetOf(project.Targets.Keys);
        // Targets that every project must have are not targets for people.
        var asked = project.Targets.Values.Where(target => Path.GetFileName(target.Location.File) == "Projects.targets")
            .Select(target => target.Name).ToList();
        asked.ShouldContain("Restore");
        var reference = File.ReadAllText(Path.Combine(Repository, "docs/reference.md"));
        foreach (var name in asked.Where(name => !name.StartsWith('_')).AtLeastOne())
            reference.ShouldContain($"`{name}`");
        project.Targets.Keys.Where(name => !name.StartsWith('_')).Except(asked).Except(["BuildSdkTools"])
            .ShouldBe(listed, ignoreOrder: true);
        project.GetItems("PublicTarget").AtLeastOne()
            .ShouldAllBe(item => item.GetMetadataValue("Description").Length > 0);
    }

    [Fact]
    public void A_public_target_of_the_paper_is_one_call_of_the_inner_target_with_a_request_for_what_is_declared()
    {
        var project = InProcess.Evaluate(Path.Combine(Repository, "build.proj"));
        var names = new[] { "Figure", "Experiment", "Dataset", "Tool" }.SelectMany(type => project.GetItems(type))
            .Select(item => item.EvaluatedInclude)
            .Concat(project.GetItems("Experiment").Select(item => item.GetMetadataValue("Suite")))
            .Concat(project.GetItems("Figure").Select(item => item.GetMetadataValue("Set"))).ToHashSet();
        var targets = project.Targets.Values.Where(target => Path.GetFileName(target.Location.File) == "Paper.targets"
            && target.Name[0] != '_').ToList();
        targets.Select(target => target.Name)
            .ShouldBe(project.GetItems("PublicTarget")
                .Where(item => item.GetMetadataValue("DefiningProjectName") == "Paper")
                .Select(item => item.EvaluatedInclude), ignoreOrder: true);
        foreach (var target in targets.AtLeastOne())
        {
            var call = target.Tasks.ShouldHaveSingleItem(target.Name);
            (call.Name, call.Parameters["Projects"],
                call.Parameters["Targets"]).ShouldBe(("MSBuild", "$(MSBuildProjectFullPath)", "_Evaluate"),
                    target.Name);
            call.Parameters["Properties"].ShouldStartWith("ArtifactRequest=");
            call.Parameters["Properties"]["ArtifactRequest=".Length..].Split("%3B").ShouldBeSubsetOf(names,
                target.Name);
        }
    }

    [Fact]
    public void A_project_that_imports_no_suite_gets_nothing_of_the_paper()
    {
        Write("");
        var project = InProcess.Evaluate(Project);
        foreach (var type in new[] { "ArtifactExtension", "ExternalRepo", "ContainerImage", "ExternalFile", "ToolPin",
            "Tool", "Experiment", "Service", "Dataset", "RecordedData", "Figure", "Claim", "Predicate" })
            project.GetItems(type).ShouldBeEmpty();
        foreach (var word in new[] { "Figure6a", "RunMilli", "Set1" })
            project.Targets.Keys.ShouldNotContain(word);
        project.Properties.Where(property => property.EvaluatedValue.Length > 0).Select(property => property.Name)
            .Where(name => name.Contains("Dafny", StringComparison.Ordinal)
                || name.Contains("VerusPath", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void Paths_of_the_sdk_do_not_depend_on_the_working_directory()
    {
        Write("");
        foreach (var name in new[] { "_ArtifactTasks", "_ArtifactRunner" })
            Path.IsPathFullyQualified(InProcess.Evaluate(Project).GetPropertyValue(name)).ShouldBeTrue(name);
    }
}
