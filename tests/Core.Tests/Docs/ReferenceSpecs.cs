using System.Text.RegularExpressions;
using System.Xml.Linq;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Evaluation;

namespace Verus.Artifact.Tests.Docs;

/// <summary>Holds docs/reference.md against the files that it describes.</summary>
public sealed partial class ReferenceSpecs
{
    private static readonly string Sdk = Path.Combine(ItemsOfFile.Repository, "src/Verus.Artifact.Sdk");
    private static readonly string Page = File.ReadAllText(Path.Combine(ItemsOfFile.Repository, "docs/reference.md"));

    public static TheoryData<string> ItemTypes => [.. EvaluationModel.ItemTypes];

    [Theory]
    [MemberData(nameof(ItemTypes))]
    public void Every_metadatum_of_an_item_is_in_its_table_and_no_other(string type)
    {
        // An item without metadata that a reader asks for everything: what it reports as unknown is what nobody reads.
        var documented = Names(Section("### " + type));
        documented.ShouldNotBeEmpty();
        var unknown = Unknown(type, documented);
        unknown.ShouldBeEmpty($"{type}: documented, but nothing reads it");
        var read = Regex.Matches(Known(type), @"\w+").Select(match => match.Value).ToList();
        foreach (var name in read)
            documented.ShouldContain(name, $"{type}: read, but not documented");
    }

    [Fact]
    public void Every_public_property_is_documented_and_no_other()
    {
        var defined = Directory.EnumerateFiles(Path.Combine(Sdk, "targets")).SelectMany(file => XDocument.Load(file).Descendants("PropertyGroup").Elements())
            .Select(element => element.Name.LocalName).Where(name => name[0] != '_' && name != "DefaultTargets");
        var read = Directory.EnumerateFiles(Path.Combine(Sdk, "targets")).SelectMany(file => Reference().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .Where(name => name[0] != '_' && !name.StartsWith("MSBuild", StringComparison.Ordinal) && name is not ("PATH" or "DefaultTargets"));
        Names(Section("## Properties")).Except(["DafnyVersion"]).Order(StringComparer.Ordinal).ShouldBe(defined.Concat(read).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_public_target_is_listed_and_documented_and_no_other()
    {
        var files = Directory.EnumerateFiles(Sdk, "*.targets", SearchOption.AllDirectories).Append(Path.Combine(ItemsOfFile.Repository, "eng/Samples.targets")).Select(file => XDocument.Load(file)).ToList();
        var real = files.Descendants("Target").Select(target => target.Attribute("Name")!.Value).Where(name => name[0] != '_').Order(StringComparer.Ordinal).ToList();
        files.Descendants("PublicTarget").Select(item => item.Attribute("Include")!.Value).Order(StringComparer.Ordinal).ShouldBe(real);
        Names(Section("## Targets")).Order(StringComparer.Ordinal).ShouldBe(real);
    }

    // The names that a parser does not know among these: it is given them all and says which are unknown.
    private static List<string> Unknown(string type, IReadOnlyList<string> names) =>
        [.. Parse(type, names.ToDictionary(name => name, _ => "1")).Where(diagnostic => diagnostic.Rule == DeclarationRules.UnknownMetadata).Select(diagnostic => Quoted().Matches(diagnostic.Message)[1].Groups[1].Value)
            .Where(name => !IsOfAnotherKind(type, name))];

    // A name that is unlike all others makes the parser list those that it knows.
    private static string Known(string type) =>
        Parse(type, new Dictionary<string, string> { ["zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"] = "1" }).Where(diagnostic => diagnostic.Rule == DeclarationRules.UnknownMetadata)
            .Select(diagnostic => diagnostic.Message.Split("Known: ")[1]).Single();

    // What a figure reads depends on its kind; the kind of an item without one is a line chart.
    private static bool IsOfAnotherKind(string type, string name) => type == "Figure" && name is "Rows" or "RowOrder" or "Columns" or "ColumnOrder" or "Horizontal" or "Hatches";

    private static List<Diagnostic> Parse(string type, Dictionary<string, string> metadata)
    {
        try
        {
            EvaluationModel.Parse([new DeclarationItem(type, "x", new Dictionary<string, string>(metadata, StringComparer.OrdinalIgnoreCase), () => SourceLocation.None)]);
            return [];
        }
        catch (DiagnosticException problem)
        {
            return [.. problem.Diagnostics];
        }
    }

    private static string Section(string heading)
    {
        var start = Page.IndexOf(heading + "\n", StringComparison.Ordinal);
        start.ShouldBeGreaterThanOrEqualTo(0, heading);
        var level = heading.Split(' ')[0];
        var end = Regex.Match(Page[(start + heading.Length)..], $"^#{{1,{level.Length}}} ", RegexOptions.Multiline);
        return end.Success ? Page.Substring(start, heading.Length + end.Index) : Page[start..];
    }

    private static List<string> Names(string section) => [.. Row().Matches(section).Select(match => match.Groups[1].Value)];

    [GeneratedRegex(@"^\| `(\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"\$\((\w+)\)")]
    private static partial Regex Reference();

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex Quoted();
}
