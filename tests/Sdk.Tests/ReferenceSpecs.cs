using System.Security;
using System.Text.RegularExpressions;
using Microsoft.Build.Execution;

namespace Verus.Artifact.Tests;

/// <summary>
/// Tests that all metadata and properties in docs/reference.md can be written in a real project, and that their values
/// reach the core.
/// </summary>
public sealed partial class ReferenceSpecs : IDisposable
{
    private static readonly string Reference =
        File.ReadAllText(Path.Combine(SdkProject.Repository, "docs/reference.md"));
    private static readonly string[] NotToBeSet = ["UsingVerusArtifactSdk"];

    private readonly string folder = Directory.CreateTempSubdirectory("reference-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public static TheoryData<string> ItemTypes =>
        [.. Section("## Items").Split('\n').Where(line => line.StartsWith("### ", StringComparison.Ordinal))
            .Select(line => line[4..].Trim())];

    [Theory]
    [MemberData(nameof(ItemTypes))]
    public void Every_metadatum_can_be_written_as_an_attribute_and_as_an_element(string type)
    {
        var names = Names(Section("### " + type));
        var attributes = string.Concat(names.Select(name => $" {name}=\"{ValueOf(name)}\""));
        var elements = string.Concat(names.Select(name => $"<{name}>{ValueOf(name)}</{name}>"));
        var items =
            Evaluate(
                $"<ItemGroup><{type} Include=\"one\"{attributes} /><{type} Include=\"two\">{elements}</{type}"
                    + "></ItemGroup>").GetItems(type)
            .Where(item => item.EvaluatedInclude is "one" or "two").ToList();
        items.Count.ShouldBe(2);
        foreach (var item in items.AtLeastOne())
        {
            item.EvaluatedInclude.ShouldBeOneOf("one", "two");
            foreach (var name in names.AtLeastOne())
                item.GetMetadataValue(name).ShouldBe(ValueOf(name),
                    $"{type}, {name}, as {(item.EvaluatedInclude == "one" ? "an attribute" : "an element")}");
        }
    }

    [Fact]
    public void Every_property_can_be_set_in_the_project_and_on_the_command_line()
    {
        var names = Names(Section("## Properties")).Except(NotToBeSet).ToList();
        names.Count.ShouldBeGreaterThan(10);
        var inProject = Evaluate(
            $"<PropertyGroup>{string.Concat(names.Select(name => $"<{name}>{ValueOf(name)}</{name}>"))}"
                + "</PropertyGroup>");
        foreach (var name in names.AtLeastOne())
        {
            var value = inProject.GetPropertyValue(name);
            value.ShouldBe(ValueOf(name), name + " in the project");
        }
        var onCommandLine = Evaluate("", [.. names.Select(name => (name, ValueOf(name)))]);
        foreach (var name in names.AtLeastOne())
            onCommandLine.GetPropertyValue(name).ShouldBe(ValueOf(name), name + " on the command line");
    }

    private static string ValueOf(string name) => $"value of {name}";

    private ProjectInstance Evaluate(string content, params (string Name, string Value)[] properties)
    {
        var file = Path.Combine(folder, "test.proj");
        var sdk = SecurityElement.Escape(Path.Combine(SdkProject.Repository, "src/Verus.Artifact.Sdk/Sdk"));
        File.WriteAllText(file,
            $"<Project><Import Project=\"{sdk}/Sdk.props\" />{content}<Import Project=\"{sdk}/Sdk.targets\" "
                + "/></Project>");
        File.WriteAllText(Path.Combine(folder, "Directory.Build.props"), "<Project />");
        return InProcess.Evaluate(file, properties);
    }

    private static string Section(string heading)
    {
        var lines = Reference.Split('\n');
        var start = Array.IndexOf(lines, heading);
        start.ShouldBeGreaterThanOrEqualTo(0, heading);
        var level = heading.TakeWhile(letter => letter == '#').Count();
        return string.Join('\n',
            lines.Skip(start + 1).TakeWhile(line =>
                !line.StartsWith('#') || line.TakeWhile(letter => letter == '#').Count() > level));
    }

    private static List<string> Names(string section) =>
        [.. Row().Matches(section).Select(match => match.Groups[1].Value)];

    [GeneratedRegex(@"^\| `(\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
