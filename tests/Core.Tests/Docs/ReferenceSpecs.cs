using System.Text.RegularExpressions;
using System.Xml.Linq;
using Verus.Artifact.Declarations;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Figures;

namespace Verus.Artifact.Tests.Docs;

/// <summary>Tests that docs/reference.md lists everything that users can set and call, and nothing else.</summary>
public sealed partial class ReferenceSpecs
{
    // Environment variables that the targets read, which users of the SDK do not set as properties.
    private static readonly string[] OfTheEnvironment = ["PATH", "HOME", "CARGO_HOME", "RUSTUP_HOME"];

    // Targets that the dotnet command, NuGet, solutions, editors and referencing projects call in every project, and
    // MSBuild's own properties with which they do so.
    private const string AmongOthers = "Projects.";

    private static readonly string Sdk = Path.Combine(ItemsOfFile.Repository, "src/Verus.Artifact.Sdk");
    private static readonly string[] Suites = [.. new[] { "Verus", "Verifiers",
        "Paper" }.Select(name => Path.Combine(ItemsOfFile.Repository, $"src/Verus.Artifact.Suites.{name}"))];
    private static readonly Page Reference = Page.Of("docs/reference.md");

    // A figure's kind decides which further metadata are read.
    private static readonly string[] Kinds = ["", .. FigureKinds.Names(ExtensionSet.BuiltIn)];

    // An experiment's executor decides which further metadata are read.
    private static readonly IReadOnlyList<string> Executors = ExtensionSet.BuiltIn.Executors.Names;

    public static TheoryData<string> ItemTypes => [.. EvaluationModel.ItemTypes];

    [Theory]
    [MemberData(nameof(ItemTypes))]
    public void Every_metadatum_that_is_read_is_documented_and_no_other(string type) =>
        Documented(type).Order(StringComparer.Ordinal).ShouldBe(Read(type).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(ItemTypes))]
    public void What_is_required_says_so_and_nothing_else_does(string type)
    {
        var required = Kinds.SelectMany(kind =>
            MetadataProbe.Problems(type, name => name == "Kind" && kind.Length > 0 ? kind : null))
            .Where(problem => problem.Rule == DeclarationRules.MissingMetadata)
            .Select(problem => Added().Match(problem.Message).Groups[1].Value).Distinct();
        Rows(type).Where(row => row.Cells[0] == "required").Select(row => row.Name).Order(StringComparer.Ordinal)
            .ShouldBe(required.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_choice_that_a_metadatum_has_is_in_its_row()
    {
        foreach (var (type, row, choice) in EvaluationModel.ItemTypes.SelectMany(type => Rows(type)
            .SelectMany(row => Choices(type, row.Name).Select(choice => (type, row, choice)))).AtLeastOne())
            row.Cells[1].ShouldContain($"`{choice}`", customMessage: $"{type}, {row.Name}");
    }

    [Fact]
    public void The_item_types_are_those_of_the_model_and_of_the_list_of_targets() =>
        Reference.Section("## Items").Split('\n').Where(line => line.StartsWith("### ", StringComparison.Ordinal))
            .Select(line => line[4..])
            .ShouldBe([.. EvaluationModel.ItemTypes, "PublicTarget"]);

    [Fact]
    public void Every_public_property_of_the_sdk_is_documented_and_no_other() =>
        Page.Names(Reference.Section("## Properties")).Order(StringComparer.Ordinal)
        .ShouldBe(Properties(Path.Combine(Sdk, "targets"), Path.Combine(Sdk, "Sdk")));

    [Fact]
    public void Every_public_property_of_the_papers_suites_is_documented_and_no_other() =>
        Page.Names(Reference.Section("### Properties of the paper's suites")).Order(StringComparer.Ordinal)
            .ShouldBe(Properties([.. Suites]).Except(Page.Names(Reference.Section("## Properties"))));

    [Fact]
    public void Defaults_of_properties_are_those_of_the_files()
    {
        // Each property is emptied before it gets its default.
        var real = Load(Path.Combine(Sdk, "targets")).SelectMany(file => file.Descendants("PropertyGroup").Elements())
            .Where(property => property.Name.LocalName[0] != '_' && property.Value.Length > 0
                && !property.Value.Contains("$(", StringComparison.Ordinal))
            .ToLookup(property => property.Name.LocalName, property => property.Value.Trim());
        foreach (var row in Page.Rows(Reference.Section("## Properties")).AtLeastOne())
        {
            // The property ArtifactLiveProgress has a default for each of two cases, which the reference describes in
            // words.
            var expected = real[row.Name].Distinct().ToList() is [var value] ? $"`{value}`" : "";
            row.Cells[0].ShouldBe(expected, row.Name);
        }
    }

    [Fact]
    public void Every_public_target_of_the_sdk_is_listed_and_documented_and_no_other() =>
        HoldTargets(Path.Combine(Sdk, "targets"), Reference.Opening("## Targets"));

    [Fact]
    public void Every_public_target_of_the_papers_suites_is_listed_and_documented_and_no_other() =>
        HoldTargets(Suites[^1], Reference.Section("### Targets of the paper's suites"));

    [Fact]
    public void Every_listed_target_of_this_repository_exists_and_is_documented()
    {
        var files = Load(Path.Combine(ItemsOfFile.Repository, "eng"));
        var listed = Listed(files).ToList();
        listed.ShouldBeSubsetOf(Targets(files));
        Page.Names(Reference.Section("### In this repository")).Order(StringComparer.Ordinal)
            .ShouldBe(listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_listed_target_has_a_description() =>
        Load(Sdk).SelectMany(file => file.Descendants("PublicTarget")).AtLeastOne()
            .ShouldAllBe(item => item.Attribute("Description")!.Value.Length > 0);

    private static void HoldTargets(string folder, string section)
    {
        var files = Load(folder);
        var real = Targets(files).Where(name => name[0] != '_').Order(StringComparer.Ordinal).ToList();
        Listed(files).Order(StringComparer.Ordinal).ToList().ShouldBe(real, "items PublicTarget");
        Page.Names(section).Order(StringComparer.Ordinal).ToList().ShouldBe(real, "docs/reference.md");
    }

    private static IReadOnlyList<(string Name, IReadOnlyList<string> Cells)> Rows(string type) =>
        Page.Rows(Reference.Section("### " + type));

    private static IEnumerable<string> Documented(string type) => Rows(type).Select(row => row.Name);

    // The parsers are called without metadata and with all metadata, since some metadata are read only together with
    // others.
    private static IEnumerable<string> Read(string type) =>
        Kinds.SelectMany(kind => Executors.SelectMany(executor => new[] { null, "1" }.SelectMany(value =>
        MetadataProbe.Asked(type,
            name => name == "Kind" && kind.Length > 0 ? kind : name == "Executor" ? executor : value))))
        .Concat(ExtensionSet.BuiltIn.Readers.Names.SelectMany(reader => new[] { null, "1" }.SelectMany(value =>
            MetadataProbe.Asked(type, name => name == "Reader" ? reader : name == "Executor" ? null : value))))
            .Distinct();

    /// <summary>The values that metadata of a name may have, if only some values are allowed.</summary>
    internal static IReadOnlyList<string> Choices(string type, string metadataName) =>
        metadataName == "Executor" ? Executors
            : [.. Kinds.SelectMany(kind =>
                Executors.SelectMany(executor => Choices(type, kind, executor, metadataName)))
                .Distinct()];

    // The allowed values are taken from the parser's message about a value that is not allowed.
    private static IEnumerable<string> Choices(string type, string kind, string executor, string metadataName) =>
        MetadataProbe
        .Problems(type, name => name == metadataName
            ? "?" : name == "Kind" && kind.Length > 0 ? kind : name == "Executor" ? executor : null)
        .Where(problem => problem.Rule == DeclarationRules.BadMetadata
            && problem.Message.Contains($": {metadataName} is '?'", StringComparison.Ordinal))
        .SelectMany(problem => Choice().Match(problem.Message) is { Success: true } match
            ? match.Groups[1].Value.Split(", ") : []);

    private static IEnumerable<string> Properties(params string[] folders)
    {
        var files = folders.SelectMany(Load).ToList();
        var defined = files.SelectMany(file => file.Descendants("PropertyGroup").Elements())
            .Select(element => element.Name.LocalName);
        var read = files.SelectMany(file =>
            file.Descendants().SelectMany(element => element.Attributes().Select(attribute => attribute.Value)
                .Concat(element.Nodes().OfType<XText>().Select(text => text.Value))))
            .SelectMany(text => PropertyReference().Matches(text).Select(match => match.Groups[1].Value));
        return defined.Concat(read)
            .Where(name => name[0] != '_' && !name.StartsWith("MSBuild", StringComparison.Ordinal))
            .Except(OfTheEnvironment).Distinct().Order(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Targets(IEnumerable<XDocument> files) =>
        files.SelectMany(file => file.Descendants("Target")).Select(target => target.Attribute("Name")!.Value);

    private static IEnumerable<string> Listed(IEnumerable<XDocument> files) =>
        files.SelectMany(file => file.Descendants("PublicTarget")).Select(item => item.Attribute("Include")!.Value);

    private static List<XDocument> Load(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".props" or ".targets"
                && !Path.GetFileName(file).StartsWith(AmongOthers, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).Select(file => XDocument.Load(file)),
    ];

    [GeneratedRegex(@"\$\(([A-Za-z]\w*)\)")]
    private static partial Regex PropertyReference();

    [GeneratedRegex(@"Add the metadata (\w+) to the item")]
    private static partial Regex Added();

    [GeneratedRegex(@"must be (?:one|a list) of (\w+(?:, \w+)+)\.")]
    private static partial Regex Choice();
}
