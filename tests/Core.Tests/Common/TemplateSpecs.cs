using System.Text.RegularExpressions;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;

namespace Verus.Artifact.Tests.Common;

public sealed partial class TemplateSpecs
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("a{x}b", "a<x>b")]
    [InlineData("{x}{y:z}", "<x><y:z>")]
    [InlineData("{{x}}", "{x}")]
    [InlineData("{{{x}}}", "{<x>}")]
    [InlineData("awk '{{print $1}}'", "awk '{print $1}'")]
    [InlineData("$x} }", "$x} }")]
    [InlineData("}}{{", "}{")]
    [InlineData("{x", "{x")]
    public void Braces_belong_to_placeholders_or_are_written_twice(string text, string filled)
    {
        var template = Template.Parse(text);
        template.Fill(one => $"<{one.Text}>").ShouldBe(filled);
        template.Rewrite(one => one.ToString()).ShouldBe(text);
        template.IsOpen.ShouldBe(text == "{x");
        template.Constant.ShouldBe(template.Placeholders.Any() ? null : filled);
    }

    [Theory]
    [InlineData(@"x{n}y\d{2}", @"x5y\d{2}")]
    [InlineData(@"\d{2,n}{m}", @"\d{2,n}{m}")]
    [InlineData("{{n}} {{m}} {n", "{n} {{m}} {n")]
    [InlineData("{{{n}}}", "{{5}}")]
    [InlineData("{{n}", "{{n}")]
    [InlineData("{ {n} }", "{ 5 }")]
    public void Where_few_are_known_other_braces_are_themselves(string text, string filled)
    {
        var template = Template.ParseKnown(text, one => one.Text == "n");
        template.Fill(_ => "5").ShouldBe(filled);
        template.Rewrite(one => one.ToString()).ShouldBe(text);
        template.IsOpen.ShouldBeFalse();
    }

    [Theory]
    [InlineData("project", "project", null, "", null, "/f")]
    [InlineData("tool:z3", "tool", "z3", "z3", null, "/f")]
    [InlineData("source:a/b/c", "source", "a/b/c", "a", "b/c", "/f/b/c")]
    [InlineData("tool:", "tool", "", "", null, "/f")]
    [InlineData("a:b:c", "a", "b:c", "b:c", null, "/f")]
    public void A_placeholder_has_a_kind_a_name_and_a_rest(string text, string kind, string? whole, string name,
        string? rest, string below)
    {
        var one = Template.Parse($"{{{text}}}").Only!;
        (one.Kind, one.Whole, one.Name, one.Rest, one.Below("/f")).ShouldBe((kind, whole, name, rest, below));
        one.ToString().ShouldBe($"{{{text}}}");
    }

    [Theory]
    [InlineData("{work} {tool:a} {source:a/b} {source:a} {input:a.sh} {{wrok}}")]
    public void A_set_knows_its_forms(string text) => Problems(text).ShouldBeEmpty();

    [Theory]
    [InlineData("{work:a}", "Did you mean {work}? ")]
    [InlineData("{tool}", "Did you mean {tool:NAME}? ")]
    [InlineData("{tool:}", "Did you mean {tool:NAME}? ")]
    [InlineData("{source:/b}", "Did you mean {source:NAME/PATH}? ")]
    [InlineData("{input:b.sh}", "Did you mean {input:a.sh}? ")]
    [InlineData("{wrok}", "Did you mean {work}? ")]
    [InlineData("{nothing of all}", "")]
    public void What_a_set_does_not_know_is_one_error_that_says_what_there_is(string text, string meant) =>
        Problems($"x {text}").ShouldBe(
        [
            $"Tool 't': its Build has the placeholder {text}, which means nothing there. {meant}There are {{work}}, "
                + "{tool:NAME}, {source:NAME/PATH}, {input:a.sh}. Write {{ for a brace."]);

    [Fact]
    public void A_brace_that_is_not_closed_is_an_error() =>
        Problems("{work} {tool:a").ShouldHaveSingleItem()
            .ShouldContain("a brace that is not closed, in '{work} {tool:a'");

    // The values of an axis that become arguments may name tools, which are known before anything runs and are part of
    // the key.
    [Theory]
    [InlineData("LD_PRELOAD={tool:a}|x", null)]
    [InlineData("LD_PRELOAD={tol:a}|x", "VART4002")]
    public void Placeholders_in_values_that_become_arguments_are_checked(string value, string? code)
    {
        var found = new List<Diagnostic>();
        var item = new DeclarationItem("Experiment", "E",
            new Dictionary<string, string> { ["Command"] = "env {args:s} true", ["Matrix"] = $"s={value}" },
            () => SourceLocation.None);
        ExperimentChecks.Check(ExperimentDeclaration.Parse(item, found), [], null, found);
        found.Select(one => one.Rule.Code).ShouldBe(code is null ? [] : [code]);
    }

    [Fact]
    public void Every_text_can_be_written()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SEED"), out var given)
            ? given : Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 2000; round++)
        {
            var wanted = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => "{}:/an "[random.Next(7)]));
            var written = Template.Escape(wanted);
            Template.Parse(written).Constant.ShouldBe(wanted, $"seed {seed}: {written}");
            Template.Parse($"{written}{{n}}").Fill(_ => "5").ShouldBe(wanted + "5", $"seed {seed}: {written}");
        }
    }

    private static List<string> Problems(string text)
    {
        var found = new List<Diagnostic>();
        var item = new DeclarationItem("Tool", "t", new Dictionary<string, string>(), () => SourceLocation.None);
        new PlaceholderSet("work", "tool:NAME", "source:NAME/PATH", "input:a.sh").Check(item, "Build",
            Template.Parse(text), found);
        return found.ConvertAll(one => one.Message);
    }

    // Checks that texts of declarations are parsed in only one place.
    [Fact]
    public void Nothing_else_takes_texts_apart_at_braces()
    {
        var core = Path.Combine(ItemsOfFile.Repository, "src/Core");
        var splitters = Directory.EnumerateFiles(core, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal)
                && Path.GetFileName(file) is not "Template.cs")
            .SelectMany(file => File.ReadLines(file).Where(line => Splitting().IsMatch(line))
                .Select(line => $"{Path.GetRelativePath(core, file)}: {line.Trim()}")).ToList();
        // The allowed exceptions: tests for any brace, JSON, braces of TeX, repetitions in regular expressions, and
        // shell syntax.
        string[] others =
        [
            "Contains('{'", "(byte)'{'", "DockerEngine.cs", "TeXTable.cs", "NumbersFile.cs", "UserPattern.cs",
            "CommandLine.cs",
        ];
        splitters.Where(line => !others.Any(line.Contains)).ShouldBeEmpty();
    }

    [GeneratedRegex(@"'[{}]'|(IndexOf|StartsWith|Replace|Split)\(\$?""[{]|\\\\[{][^0-9]|Regex.*\\[{]")]
    private static partial Regex Splitting();
}
