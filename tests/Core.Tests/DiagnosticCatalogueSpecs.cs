using System.Text.RegularExpressions;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Tests;

public sealed class DiagnosticCatalogueSpecs
{
    [Fact]
    public void Every_code_is_well_formed_and_used_once()
    {
        DiagnosticCatalogue.All.ShouldNotBeEmpty();
        foreach (var rule in DiagnosticCatalogue.All.AtLeastOne())
            Regex.IsMatch(rule.Code, "^VART[0-9]{4}$").ShouldBeTrue(rule.Code);
        DiagnosticCatalogue.All.Select(rule => rule.Code).AtLeastOne().ShouldBeUnique();
    }

    [Fact]
    public void What_the_targets_report_before_any_task_has_the_words_of_its_rule()
    {
        var text = File.ReadAllText(Path.Combine(ItemsOfFile.Repository,
            "src/Verus.Artifact.Sdk/targets/Projects.targets"));
        text.ShouldContain("Code=\"VART0050\"");
        text.ShouldContain(Declarations.DeclarationRules.UnfitBuildTool.Format.Replace("{0}", "$(_ArtifactUnfit)",
            StringComparison.Ordinal));
    }

    [Fact]
    public void The_link_of_a_diagnostic_leads_to_the_public_page_or_else_to_the_page_in_the_package()
    {
        DiagnosticCatalogue.HelpLink("VART0001", "https://example.org/a/b/blob/v1.0.0", "/nowhere/tools/net10.0")
            .ShouldBe("https://example.org/a/b/blob/v1.0.0/docs/diagnostics/VART0001.md");
        var packed = Path.Combine(ItemsOfFile.Repository, "tools/net10.0");
        new Uri(DiagnosticCatalogue.HelpLink("VART0001", "", packed)).LocalPath
            .ShouldBe(Path.Combine(ItemsOfFile.Repository, "docs/diagnostics/VART0001.md"));
        DiagnosticCatalogue.HelpLink("VART0001", "", "/nowhere/tools/net10.0")
            .ShouldBe("docs/diagnostics/VART0001.md");
    }

    [Fact]
    public void Advice_never_becomes_an_error_and_its_pages_say_so()
    {
        var advice = DiagnosticCatalogue.All.Where(rule => rule.Severity == Severity.Advice).Select(rule => rule.Code)
            .ToList();
        advice.ShouldContain("VART4013");
        foreach (var code in advice.AtLeastOne())
            Docs.Page.Of($"docs/diagnostics/{code}.md").Text.Replace('\n',
                ' ').ShouldContain($"{code} never becomes an error", customMessage: code);
        var row = Docs.Page.Of("docs/solutions.md").Section("## Where warnings are errors").Split('\n')
            .Single(line => line.StartsWith("| about the machine", StringComparison.Ordinal));
        Regex.Matches(row, @"\[(VART\d{4})\]").Select(match => match.Groups[1].Value).ShouldBe(advice,
            ignoreOrder: true);
    }
}
