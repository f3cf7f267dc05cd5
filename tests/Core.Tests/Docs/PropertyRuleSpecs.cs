using System.Text.RegularExpressions;
using System.Xml.Linq;
using Verus.Artifact.Evaluation;

namespace Verus.Artifact.Tests.Docs;

/// <summary>Tests the names of properties, and that each has its default in one place.</summary>
public sealed partial class PropertyRuleSpecs
{
    private static readonly string Source = Path.Combine(ItemsOfFile.Repository, "src");
    private static readonly string Sdk = Path.Combine(Source, "Verus.Artifact.Sdk/targets");

    // Properties that NuGet, solutions and editors read from every project, with names that MSBuild defines.
    private static readonly string[] AmongOthers = ["Projects.props", "Projects.targets"];

    // Names of programs and languages that are not the name of an item of a suite.
    private static readonly string[] Subjects = ["Rust", "RocksDb", "Verifiers", "Place", "Guide"];

    public static TheoryData<string> Suites => ["Verus", "Verifiers", "Paper"];

    [Fact]
    public void A_property_of_the_sdk_begins_with_Artifact_or_stands_in_the_list_of_those_that_do_not() =>
        Emptied("Verus.Artifact.Sdk/targets/Evaluation.props")
            .Where(name => !name.StartsWith("Artifact", StringComparison.Ordinal)).Order()
            .ShouldBe(Code().Matches(string.Join('\n', Page.Of("docs/reference.md").Opening("## Properties").Split('\n')
                .Where(line => line.StartsWith("- `", StringComparison.Ordinal)).Select(line => line.Split(':')[0])))
                .Select(match => match.Groups[1].Value).Order());

    [Fact]
    public void Evaluation_props_alone_gives_properties_of_the_sdk_a_value_and_only_where_they_have_none()
    {
        var others = Directory.EnumerateFiles(Sdk).Where(file => Path.GetExtension(file) is ".props" or ".targets")
            .Where(file => Path.GetFileName(file) != "Evaluation.props").ToList();
        others.Count.ShouldBeGreaterThan(5);
        others.SelectMany(Set).ShouldBeEmpty();
        HoldDefaults([Path.Combine(Sdk, "Evaluation.props")], Emptied("Verus.Artifact.Sdk/targets/Evaluation.props"));
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void A_property_of_a_suite_begins_with_the_name_of_a_tool_or_suite_of_it(string suite)
    {
        var subjects = Files(suite).SelectMany(file => XDocument.Load(file).Descendants())
            .Where(element => EvaluationModel.ItemTypes.Contains(element.Name.LocalName))
            .SelectMany(element => new[] { element.Attribute("Include")?.Value, element.Attribute("Suite")?.Value,
                element.Element("Suite")?.Value })
            .OfType<string>().Select(Plain).Concat(Subjects.Select(Plain)).Distinct().ToList();
        foreach (var name in Emptied($"Verus.Artifact.Suites.{suite}/Properties.props").AtLeastOne())
            subjects.ShouldContain(subject => subject.Length > 1 && Plain(name).StartsWith(subject), name);
    }

    [Fact]
    public void Properties_of_suites_have_their_defaults_in_files_of_the_suites_and_only_where_they_have_no_value()
    {
        var files = Suites.SelectMany(row => Files(row.Data)).ToList();
        HoldDefaults(
            [.. files.Where(file => Path.GetExtension(file) == ".props"
                && Path.GetFileName(file) != "Properties.props")],
            [.. Suites.SelectMany(row => Emptied($"Verus.Artifact.Suites.{row.Data}/Properties.props"))]);
        files.Where(file => Path.GetExtension(file) == ".targets").SelectMany(Set).ShouldBeEmpty();
    }

    [Fact]
    public void Where_is_a_condition_and_where_something_runs_is_a_place()
    {
        var names = Suites.SelectMany(row => Emptied($"Verus.Artifact.Suites.{row.Data}/Properties.props"))
            .Concat(Emptied("Verus.Artifact.Sdk/targets/Evaluation.props")).ToList();
        names.ShouldNotContain(name => name.EndsWith("Where", StringComparison.Ordinal)
            || name.EndsWith("Image", StringComparison.Ordinal)
            || name.EndsWith("Executor", StringComparison.Ordinal));
        names.Count(name => name.EndsWith("Place", StringComparison.Ordinal)).ShouldBeGreaterThan(1);
        Page.Rows(Page.Of("docs/reference.md").Section("## Items"))
            .Where(row => row.Name.EndsWith("Where", StringComparison.Ordinal)).AtLeastOne()
            .ShouldAllBe(row => row.Cells[1].StartsWith("[Conditions]", StringComparison.Ordinal));
    }

    private static void HoldDefaults(IReadOnlyList<string> files, IReadOnlyList<string> known)
    {
        // The defaults of properties come after the list that empties the properties.
        foreach (var property in files.SelectMany(Set)
            .Where(property => property.Value.Length > 0 && property.Name.LocalName != "UsingVerusArtifactSdk")
            .AtLeastOne())
        {
            var name = property.Name.LocalName;
            known.ShouldContain(name, "is given a value, but is not emptied first");
            property.Attribute("Condition")?.Value.ShouldStartWith($"'$({name})' == ''", customMessage: name);
            property.Attribute("Condition").ShouldNotBeNull(name);
        }
    }

    private static IEnumerable<string> Files(string suite) =>
        Directory.EnumerateFiles(Path.Combine(Source, $"Verus.Artifact.Suites.{suite}"))
        .Where(file => Path.GetExtension(file) is ".props" or ".targets").Order(StringComparer.Ordinal);

    // The public properties of the SDK that a file sets.
    private static IEnumerable<XElement> Set(string file) =>
        XDocument.Load(file).Descendants("PropertyGroup").Elements()
        .Where(property => AmongOthers.Contains(Path.GetFileName(file))
            ? property.Name.LocalName.StartsWith("Artifact", StringComparison.Ordinal)
            : property.Name.LocalName[0] != '_');

    private static IReadOnlyList<string> Emptied(string file) =>
        [.. XDocument.Load(Path.Combine(Source, file)).Root!.Element("PropertyGroup")!.Elements()
        .Select(property => property.Name.LocalName).Where(name => name[0] != '_')];

    private static string Plain(string name) => string.Concat(name.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit));

    [GeneratedRegex("`(\\w+)`")]
    private static partial Regex Code();
}
