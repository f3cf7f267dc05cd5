using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Verus.Artifact.Tests;

/// <summary>
/// Tests that the value of a property comes from the command line, the project or the repository, and never from the
/// environment.
/// </summary>
public sealed partial class PropertySpecs : SdkProject
{
    // The properties that the SDK always sets, regardless of other values.
    private const string Fixed = "UsingVerusArtifactSdk";

    private static readonly string[] Sdk = Emptied("Verus.Artifact.Sdk/targets/Evaluation.props");
    private static readonly string[] Suites =
        [.. new[] { "Verus", "Verifiers",
            "Paper" }.SelectMany(suite => Emptied($"Verus.Artifact.Suites.{suite}/Properties.props"))];

    private static IEnumerable<string> Settable => Sdk.Concat(Suites).Where(name => name[0] != '_' && name != Fixed);

    [Fact]
    public void Variables_of_the_environment_are_no_properties_in_whatever_case()
    {
        WritePaper("", place: "");
        var clean = Values();
        Func<string, string>[] spellings = [name => name, name => name.ToUpperInvariant(),
            name => name.ToLowerInvariant()];
        foreach (var spell in spellings.AtLeastOne())
        {
            Variables.Clear();
            foreach (var name in Sdk.Concat(Suites))
                Variables[spell(name)] = "7";
            Values().ShouldBe(clean);
        }
        foreach (var (name, value) in Rows().Where(row => row.Default.Length > 0 && clean.ContainsKey(row.Name))
            .AtLeastOne())
            if (Regex.IsMatch(value, "^`[^`]*`$"))
                clean[name].ShouldBe(value.Trim('`').Replace("\\|", "|", StringComparison.Ordinal), name);
    }

    [Fact]
    public void The_project_wins_over_the_repository_and_the_command_line_over_both()
    {
        foreach (var name in Settable)
            Variables[name.ToUpperInvariant()] = "1";
        Bare("");
        Say("Directory.Build.props", "2");
        Hold("2");
        // As in any other project, the value applies only if the property is still empty.
        Say("Directory.Build.props", "2", conditional: true);
        Hold("2");
        Bare(Groups("3"));
        Hold("3");
        Hold("4", [.. Settable.Select(name => $"-p:{name}=4")]);
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
        File.WriteAllText(Path.Combine(Folder, "Directory.Build.props"),
            "<Project><PropertyGroup><Mine>props</Mine></PropertyGroup></Project>");
        File.WriteAllText(Path.Combine(Folder, "Directory.Packages.props"),
            "<Project><PropertyGroup><Mine>$(Mine) packages</Mine></PropertyGroup></Project>");
        File.WriteAllText(Path.Combine(Folder, "Directory.Build.targets"),
            "<Project><PropertyGroup><Mine>$(Mine) targets</Mine></PropertyGroup></Project>");
        Write("<PropertyGroup><Mine>$(Mine) project</Mine></PropertyGroup>");
        InProcess.Evaluate(Project).GetPropertyValue("Mine").ShouldBe("props packages project targets");
        foreach (var (without, left) in new[] { ("ImportDirectoryBuildProps", " packages project targets"),
            ("ImportDirectoryPackagesProps", "props project targets"),
            ("ImportDirectoryBuildTargets", "props packages project") })
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
        Write(
            "<PropertyGroup><Own>$(Seeds)</Own></PropertyGroup><ItemGroup><Experiment Include='E' Command='true "
                + "$(Own)' Samples='1' /></ItemGroup>");
        var output = Build("-p:" + said).Succeeds().Output;
        if (meant is null)
            output.ShouldNotContain("VART0100");
        else
            output.ShouldContain(
                $"warning VART0100: Nothing reads the property '{said.Split('=')[0]}'. Did you mean -p:{meant}=...?");
        Samples().Count.ShouldBe(1);
    }

    [Fact]
    public void Where_warnings_are_errors_a_misspelt_property_ends_the_build_and_doubts_about_the_machine_do_not()
    {
        Write("<ItemGroup><Experiment Include='E' Command='true' Samples='1' /></ItemGroup>");
        Build("-p:Sample=10", "-warnaserror").Fails("VART0100");
        Samples().ShouldBeEmpty();
        Build("-warnaserror").Succeeds();
        Samples().Count.ShouldBe(1);
    }

    // A project that uses the paper's suites and contains only the given elements.
    private void Bare(string content)
    {
        const string Paper = "src/Verus.Artifact.Suites.Paper/Sdk/Sdk", Own = "src/Verus.Artifact.Sdk/Sdk/Sdk";
        File.WriteAllText(Project, $"""
            <Project>
              <Import Project="{Repository}/{Paper}.props" /><Import Project="{Repository}/{Own}.props" />
              {content}
              <Import Project="{Repository}/{Paper}.targets" /><Import Project="{Repository}/{Own}.targets" />
            </Project>
            """);
    }

    private void Hold(string value, params string[] arguments)
    {
        var values = Values(arguments);
        foreach (var name in Settable.AtLeastOne())
            values[name].ShouldBe(value, name);
    }

    private void Say(string file, string value, bool conditional = false) =>
        File.WriteAllText(Path.Combine(Folder, file), $"<Project>{Groups(value, conditional)}</Project>");

    private static string Groups(string value, bool conditional = false) => "<PropertyGroup>" + string.Concat(Settable
        .Select(name => $"<{name}{(conditional ? $" Condition=\"'$({name})' == ''\"" : "")}>{value}</{name}>"))
        + "</PropertyGroup>";

    private Dictionary<string, string> Values(params string[] arguments)
    {
        var names = string.Join(',', Sdk.Concat(Suites));
        var output = Run(Variables, Folder, ["dotnet", "msbuild", Project, "-getProperty:" + names, .. arguments])
            .Succeeds().Output;
        return JsonDocument.Parse(output).RootElement.GetProperty("Properties").EnumerateObject()
            .ToDictionary(property => property.Name, property => property.Value.GetString()!);
    }

    // The list at the top of a file with the properties that are emptied before any file sets them.
    private static string[] Emptied(string file)
    {
        string[] names = [.. XDocument.Load(Path.Combine(Repository, "src", file)).Root!.Element("PropertyGroup")!
            .Elements()
            .Select(property => property.Name.LocalName)];
        names.Length.ShouldBeGreaterThan(5);
        return names;
    }

    private static IEnumerable<(string Name, string Default)> Rows() =>
        Row().Matches(File.ReadAllText(Path.Combine(Repository, "docs/reference.md")))
            .Select(match => (match.Groups[1].Value, match.Groups[2].Value.Trim()));

    [GeneratedRegex(@"^\| `(\w+)` \|((?:\\\||[^|])*)\|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
