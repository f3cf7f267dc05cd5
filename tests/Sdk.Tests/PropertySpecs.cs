using System.Text.Json;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Tests;

/// <summary>Where the value of a property comes from: the command line, the project, the repository, and never the environment.</summary>
public sealed partial class PropertySpecs : SdkProject
{
    // What the SDK sets whatever anybody says.
    private static readonly string[] Fixed = ["UsingVerusArtifactSdk"];

    private static IReadOnlyList<(string Name, string Default)> Documented { get; } = Rows("## Properties", "## Targets");

    private static IReadOnlyList<string> OfTheSuites { get; } = [.. Rows("### Properties of the paper's suites", "\n#").Select(row => row.Name)];

    [Fact]
    public void Variables_of_the_environment_are_no_properties_in_whatever_case()
    {
        WritePaper("");
        var clean = Values();
        foreach (var spell in new Func<string, string>[] { name => name, name => name.ToUpperInvariant(), name => name.ToLowerInvariant() })
        {
            Variables.Clear();
            foreach (var name in Documented.Select(row => row.Name).Concat(OfTheSuites))
                Variables[spell(name)] = "of the environment";
            Values().ShouldBe(clean);
        }
        foreach (var (name, value) in Documented.Where(row => row.Default.Length > 0).AtLeastOne())
            clean[name].ShouldBe(value, name);
    }

    [Fact]
    public void The_project_wins_over_the_repository_and_the_command_line_over_both()
    {
        foreach (var name in Documented.Select(row => row.Name))
            Variables[name.ToUpperInvariant()] = "of the environment";
        Bare("");
        Say("Directory.Build.props", "of the repository");
        Hold("of the repository");
        // As in any other project: only what nobody has said yet.
        Say("Directory.Build.props", "of the repository", conditional: true);
        Hold("of the repository");
        Bare(Groups("of the project"));
        Hold("of the project");
        Hold("of the caller", [.. Documented.Select(row => $"-p:{row.Name}=of the caller")]);
    }

    [Theory]
    [InlineData("SAMPLES", "100")]
    [InlineData("seed", "abc")]
    [InlineData("SMOKE", "1")]
    [InlineData("OFFLINE", "1")]
    [InlineData("REQUEST", "GET")]
    [InlineData("BUNDLE", "ios")]
    [InlineData("evaluationdir", "/proc/none")]
    public void A_variable_that_has_the_name_of_a_property_steers_and_breaks_nothing(string name, string value)
    {
        Write("<ItemGroup><Experiment Include='E' Command='true' Samples='1' /></ItemGroup>");
        Variables[name] = value;
        Build().Succeeds();
        Samples().Sum(cell => cell.Count()).ShouldBe(1);
        Directory.Exists(Path.Combine(Folder, "evaluation/smoke")).ShouldBeFalse();
    }

    [Fact]
    public void What_a_repository_says_to_its_projects_is_read_where_MSBuild_reads_it()
    {
        File.WriteAllText(Path.Combine(Folder, "Directory.Build.props"), "<Project><PropertyGroup><Mine>props</Mine></PropertyGroup></Project>");
        File.WriteAllText(Path.Combine(Folder, "Directory.Packages.props"), "<Project><PropertyGroup><Mine>$(Mine) packages</Mine></PropertyGroup></Project>");
        File.WriteAllText(Path.Combine(Folder, "Directory.Build.targets"), "<Project><PropertyGroup><Mine>$(Mine) targets</Mine></PropertyGroup></Project>");
        Write("<PropertyGroup><Mine>$(Mine) project</Mine></PropertyGroup>");
        InProcess.Evaluate(Project).GetPropertyValue("Mine").ShouldBe("props packages project targets");
        foreach (var (without, left) in new[] { ("ImportDirectoryBuildProps", " packages project targets"), ("ImportDirectoryPackagesProps", "props project targets"), ("ImportDirectoryBuildTargets", "props packages project") })
            InProcess.Evaluate(Project, (without, "false")).GetPropertyValue("Mine").ShouldBe(left, without);
    }

    [Theory]
    [InlineData("Sample=10", "Samples")]
    [InlineData("request=E", null)]
    [InlineData("Reqest=E", "Request")]
    [InlineData("OnMising=Skip", "OnMissing")]
    [InlineData("smokee=true", "Smoke")]
    [InlineData("Configuration=Release", null)]
    [InlineData("Mine=1", null)]
    [InlineData("Seeds=1", null)]
    public void A_misspelt_property_of_the_command_line_is_told_with_the_nearest_name(string said, string? meant)
    {
        Write("<PropertyGroup><Own>$(Seeds)</Own></PropertyGroup><ItemGroup><Experiment Include='E' Command='true $(Own)' Samples='1' /></ItemGroup>");
        var output = Build("-p:" + said).Succeeds().Output;
        if (meant is null)
            output.ShouldNotContain("VART0100");
        else
            output.ShouldContain($"warning VART0100: Nothing reads the property '{said.Split('=')[0]}'. Did you mean -p:{meant}=...?");
        Samples().Count.ShouldBe(1);
    }

    [Fact]
    public void A_misspelt_property_where_warnings_are_errors_ends_the_build_before_the_first_sample_and_doubts_about_the_machine_do_not()
    {
        Write("<ItemGroup><Experiment Include='E' Command='true' Samples='1' /></ItemGroup>");
        Build("-p:Sample=10", "-warnaserror").Fails("VART0100");
        Samples().ShouldBeEmpty();
        Build("-warnaserror").Succeeds();
        Samples().Count.ShouldBe(1);
    }

    // A project that says nothing of its own.
    private void Bare(string content)
    {
        var sdk = Path.Combine(Repository, "src/Verus.Artifact.Sdk/Sdk");
        File.WriteAllText(Project, $"<Project><Import Project=\"{sdk}/Sdk.props\" />{content}<Import Project=\"{sdk}/Sdk.targets\" /></Project>");
    }

    private void Hold(string value, params string[] arguments)
    {
        var values = Values(arguments);
        foreach (var (name, _) in Documented.Where(row => !Fixed.Contains(row.Name)).AtLeastOne())
            // The targets of a stage are added to those that were said.
            (name.EndsWith("DependsOn", StringComparison.Ordinal) && arguments.Length == 0 ? values[name].Trim().Split(';')[0].Trim() : values[name]).ShouldBe(value, name);
    }

    private void Say(string file, string value, bool conditional = false) => File.WriteAllText(Path.Combine(Folder, file), $"<Project>{Groups(value, conditional)}</Project>");

    private static string Groups(string value, bool conditional = false) => "<PropertyGroup>" + string.Concat(Documented.Select(row => row.Name).Except(Fixed)
        .Select(name => $"<{name}{(conditional ? $" Condition=\"'$({name})' == ''\"" : "")}>{value}</{name}>")) + "</PropertyGroup>";

    private Dictionary<string, string> Values(params string[] arguments)
    {
        var names = Documented.Select(row => row.Name).Concat(OfTheSuites).ToList();
        var output = Run(Variables, Folder, ["dotnet", "msbuild", Project, "-getProperty:" + string.Join(',', names), .. arguments]).Succeeds().Output;
        return JsonDocument.Parse(output).RootElement.GetProperty("Properties").EnumerateObject().ToDictionary(property => property.Name, property => property.Value.GetString()!);
    }

    private static List<(string Name, string Default)> Rows(string heading, string end)
    {
        var text = File.ReadAllText(Path.Combine(Repository, "docs/reference.md"));
        var start = text.IndexOf('\n' + heading + '\n', StringComparison.Ordinal) + heading.Length + 1;
        var section = text[start..text.IndexOf(end, start, StringComparison.Ordinal)];
        var rows = Row().Matches(section).Select(match => (match.Groups[1].Value, match.Groups[2].Value.Trim().Trim('`'))).ToList();
        rows.Count.ShouldBeGreaterThan(10);
        return rows;
    }

    [GeneratedRegex(@"^\| `(\w+)` \|([^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
