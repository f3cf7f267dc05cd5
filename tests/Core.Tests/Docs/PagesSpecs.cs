using System.Text.RegularExpressions;
using System.Xml.Linq;
using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Data.Formulas;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Sources;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Tests.Docs;

/// <summary>Tests that the statements of the documentation pages are true.</summary>
public sealed partial class PagesSpecs
{
    private static readonly Page Reference = Page.Of("docs/reference.md");

    public static TheoryData<string> PageNames =>
        [.. Page.All.Select(page => Path.GetRelativePath(ItemsOfFile.Repository, page.Path))];

    public static TheoryData<string> PagesWithLinks =>
        [.. PageNames.Select(row => row.Data).Where(name => LinksOf(name).Any())];

    public static TheoryData<string> PagesWithExamples =>
        [.. PageNames.Select(row => row.Data).Where(name => ExamplesOf(name).Any())];

    [Theory]
    [MemberData(nameof(PagesWithLinks))]
    public void Every_link_leads_to_a_file_and_a_heading_that_are_there(string name)
    {
        var page = Page.Of(name);
        foreach (var target in LinksOf(name).AtLeastOne())
        {
            var parts = target.Split('#');
            var path = parts[0].Length == 0 ? page.Path : Path.GetFullPath(parts[0], Path.GetDirectoryName(page.Path)!);
            (File.Exists(path) || Directory.Exists(path)).ShouldBeTrue($"{name} links to {target}");
            if (parts.Length > 1)
                Page.Of(Path.GetRelativePath(ItemsOfFile.Repository, path)).Anchors.ShouldContain(parts[1],
                    $"{name} links to {target}");
        }
    }

    [Fact]
    public void Rows_of_tables_follow_their_heading_and_a_line_of_code_has_one_command()
    {
        var rows = 0;
        foreach (var page in Page.All)
        {
            var lines = page.Text.Split('\n');
            var isFenced = false;
            for (var i = 1; i < lines.Length; i++)
            {
                isFenced ^= lines[i].StartsWith("```", StringComparison.Ordinal);
                if (lines[i].StartsWith("    ", StringComparison.Ordinal))
                    Command().Count(lines[i]).ShouldBeLessThan(2, $"{page.Path}:{i + 1}: {lines[i]}");
                if (isFenced || !lines[i].StartsWith('|'))
                    continue;
                rows++;
                (lines[i - 1].StartsWith('|') || RuleOfTable().IsMatch(lines[Math.Min(i + 1, lines.Length - 1)]))
                    .ShouldBeTrue($"{page.Path}:{i + 1} is a row without a table: {lines[i]}");
            }
        }
        rows.ShouldBeGreaterThan(500);
    }

    [Theory]
    [MemberData(nameof(PagesWithExamples))]
    public void Examples_are_read_without_an_error(string name)
    {
        foreach (var element in ExamplesOf(name).AtLeastOne())
            ProblemsOf(element).ShouldBeEmpty($"{name}: {element}");
    }

    [Fact]
    public void Properties_and_targets_that_pages_messages_and_remedies_tell_to_pass_exist()
    {
        PageNames.Sum(row => HoldCalls(Page.Of(row.Data).Text, row.Data)).ShouldBeGreaterThan(100);
        DiagnosticCatalogue.All.Sum(rule => HoldCalls(rule.Format, rule.Code)).ShouldBeGreaterThan(10);
        Directory.EnumerateFiles(ItemsOfFile.Paper, "*.props").Sum(file => HoldCalls(File.ReadAllText(file), file))
            .ShouldBeGreaterThan(5);
    }

    [Theory]
    [InlineData("docs/extensions.md", "ArtifactExtension")]
    [InlineData("docs/pins.md", "ExternalRepo", "ContainerImage", "ExternalFile", "ToolPin")]
    [InlineData("docs/tools.md", "Tool")]
    [InlineData("docs/experiments.md", "Experiment", "Service")]
    [InlineData("docs/virtual-machines.md", "VirtualMachine")]
    [InlineData("docs/data.md", "Dataset", "RecordedData")]
    [InlineData("docs/figures.md;docs/figure-kinds.md", "Figure")]
    [InlineData("docs/claims.md", "Claim", "Predicate")]
    public void The_page_of_a_concept_has_a_word_on_every_metadatum_of_its_items(string name, params string[] types)
    {
        var text = string.Concat(name.Split(';').Select(page => Page.Of(page).Text));
        foreach (var metadataName in types.SelectMany(type => Page.Names(Reference.Section("### " + type)))
            .AtLeastOne())
            Code().Matches(text).Any(match => Regex.IsMatch(match.Value, $@"\b{metadataName}\b"))
                .ShouldBeTrue($"{name} does not mention `{metadataName}`");
    }

    [Fact]
    public void The_index_names_every_page() => Directory.EnumerateFiles(Path.Combine(ItemsOfFile.Repository, "docs"),
        "*.md")
        .Select(file => Path.GetFileName(file)).Where(file => file != "README.md").AtLeastOne()
        .ShouldBeSubsetOf(Link().Matches(Page.Of("docs/README.md").Text).Select(match => match.Groups[1].Value));

    [Fact]
    public void The_functions_of_formulas_are_those_of_the_table() =>
        Page.Names(Page.Of("docs/claims.md").Section("## Formulas"))
        .Order(StringComparer.Ordinal).ShouldBe(FormulaFunctions.Names.Order(StringComparer.Ordinal));

    [Fact]
    public void The_strengths_of_predicates_are_those_of_the_table() =>
        Page.Names(Page.Of("docs/claims.md").Section("## Verdicts"))
        .ShouldBe(Enum.GetNames<PredicateStrength>());

    [Fact]
    public void The_intervals_are_those_of_the_table() => Page.Names(Page.Of("docs/data.md").Section("### Intervals"))
        .ShouldBe(Enum.GetNames<IntervalMethod>().Except([nameof(IntervalMethod.None)]), ignoreOrder: true);

    [Fact]
    public void The_kinds_of_failure_are_those_of_the_table() =>
        Page.Names(Page.Of("docs/experiments.md").Section("## Success and failure"))
        .ShouldBe(Enum.GetNames<SampleOutcome>().Except([nameof(SampleOutcome.Ok)]));

    [Fact]
    public void The_folders_of_the_stages_are_in_the_picture()
    {
        var layout = new EvaluationLayout("/evaluation", "/");
        foreach (var folder in new[] { layout.Sources, layout.Tools, layout.Experiments, layout.Data, layout.Figures,
            layout.Claims, layout.Report, layout.State })
            Page.Of("docs/architecture.md").Text.ShouldContain(Path.GetFileName(folder) + "/ ");
    }

    [Fact]
    public void Every_placeholder_of_the_table_means_something()
    {
        var found = new List<Diagnostic>();
        var item = new DeclarationItem("Experiment", "x",
            new Dictionary<string, string> { ["Command"] = "true", ["Matrix"] = "axis=1" }, () => SourceLocation.None);
        var cell = Cell.Of(ExperimentDeclaration.Parse(item, found)).Single();
        var place = new SourceBinding("/place", "1");
        var tool = new ResolvedTool("NAME", "/tool", "1", "1", null);
        var resolver = new CellResolver(new CellContext
        {
            Layout = new EvaluationLayout("/evaluation", "/"),
            Tools = new Dictionary<string, ResolvedTool> { ["NAME"] = tool },
            Sources = new Dictionary<string, SourceBinding> { ["NAME"] = place },
            Files = new Dictionary<string, SourceBinding> { ["NAME"] = place },
        }, new ContentHashes());
        var names = Page.Names(Page.Of("docs/experiments.md").Section("## The command"));
        names.Count.ShouldBeGreaterThan(1);
        OutputUse[] uses = [new("NAME", false), new("NAME", true)];
        var attempt = new Attempt("/attempt")
        {
            Group = new PreparedGroup("/group", "/output", null),
            Outputs = [.. uses.Select(use => new UsedOutput(use, "1", "/used", []))]
        };
        // The placeholder {args:axis} is an argument of its own and never part of a text.
        foreach (var name in names.Where(name => name != "{args:axis}").AtLeastOne())
            Template.Parse(name).Fill(resolver.ValuesOf(cell, attempt, "/generated")).ShouldNotContain("{",
                customMessage: name);
        Should.Throw<DiagnosticException>(() =>
            Template.Parse("{nothing}").Fill(resolver.ValuesOf(cell, new Attempt("/attempt"), "/generated")));
    }

    // How many there are.
    private static int HoldCalls(string text, string where)
    {
        var held = 0;
        foreach (var name in Property().Matches(text).Select(match => match.Groups[1].Value))
        {
            Page.Names(Reference.Section("## Properties"))
                .Concat(Page.Names(Reference.Section("### Properties of the paper's suites")))
                .ShouldContain(name, $"{where}: -p:{name}=");
            held++;
        }
        foreach (var name in Target().Matches(text).Select(match => match.Groups[1].Value))
        {
            Page.Names(Reference.Section("## Targets"))
                .Concat(Page.Names(Reference.Section("### Targets of the paper's suites")))
                .ShouldContain(name, $"{where}: -t:{name}");
            held++;
        }
        return held;
    }

    private static IEnumerable<string> LinksOf(string name) => Link().Matches(WithoutCode(Page.Of(name).Text))
        .Select(match => match.Groups[1].Value).Where(target => !target.Contains(':', StringComparison.Ordinal));

    private static IEnumerable<XElement> ExamplesOf(string name) => Example().Matches(Page.Of(name).Text)
        .SelectMany(match => XElement.Parse($"<Example>{match.Groups[1].Value}</Example>").Descendants())
        .Where(element => EvaluationModel.ItemTypes.Contains(element.Name.LocalName));

    // An example may refer to declarations outside of it, and names such as my-... stand for the reader's own
    // extensions.
    private static List<string> ProblemsOf(XElement element)
    {
        var metadata = element.Attributes()
            .Where(attribute => attribute.Name.LocalName is not ("Include" or "Condition"))
            .ToDictionary(attribute => attribute.Name.LocalName, attribute => attribute.Value);
        try
        {
            EvaluationModel.Parse([new DeclarationItem(element.Name.LocalName, element.Attribute("Include")!.Value,
                metadata, () => SourceLocation.None)]);
            return [];
        }
        catch (DiagnosticException problem)
        {
            return [.. problem.Diagnostics.Where(diagnostic => diagnostic.Rule != DeclarationRules.UnknownReference
                && diagnostic.Rule != ClaimRules.NoPredicate
                && !diagnostic.Message.Contains("'my-", StringComparison.Ordinal))
                .Select(diagnostic => diagnostic.Message)];
        }
    }

    private static string WithoutCode(string text) => Code().Replace(text, "");

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("```xml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex("```.*?```|`[^`\n]*`", RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"-p:(\w+)=")]
    private static partial Regex Property();

    [GeneratedRegex(@"-t:(\w+)")]
    private static partial Regex Target();

    [GeneratedRegex(@"(?:^ +|\S )(?:dotnet (?:build|new|nuget|tool|test)|cd \S)")]
    private static partial Regex Command();

    [GeneratedRegex(@"^\|[ :-]*-")]
    private static partial Regex RuleOfTable();
}
