using System.Text.RegularExpressions;

namespace Verus.Artifact.Tests.Docs;

/// <summary>
/// Tests that each page of the documentation is of exactly one kind, says which, and is listed under that kind, and
/// that the README stays short.
/// </summary>
public sealed partial class KindsOfPagesSpecs
{
    private static readonly Dictionary<string, string> Sections = new()
    {
        ["Tutorial"] = "## Tutorial",
        ["How-to"] = "## How-to guides",
        ["Reference"] = "## Reference",
        ["Explanation"] = "## Explanation",
    };

    public static TheoryData<string> Names => [.. Directory
        .EnumerateFiles(Path.Combine(ItemsOfFile.Repository, "docs"), "*.md")
        .Select(file => Path.GetFileName(file)).Where(file => file != "README.md")];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_page_says_its_kind_below_its_title_and_the_index_lists_it_there(string name)
    {
        var text = Page.Of("docs/" + name).Text;
        var kind = BelowTitle().Match(text);
        kind.Success.ShouldBeTrue(
            $"docs/{name} does not begin with a title, an empty line and a kind such as '*How-to.*'");
        foreach (var (other, section) in Sections.AtLeastOne())
            Page.Of("docs/README.md").Section(section).Contains($"]({name})", StringComparison.Ordinal)
                .ShouldBe(other == kind.Groups[1].Value, $"docs/README.md, {section}: {name}");
    }

    [Fact]
    public void The_readme_fits_on_two_screens()
    {
        var lines = Page.Of("README.md").Text.Split('\n');
        lines.Length.ShouldBeInRange(20, 120);
        lines.Max(line => line.Length).ShouldBeLessThanOrEqualTo(120);
    }

    // Tests that pages use one term for one thing, and no phrase that a reader has to translate.
    [Fact]
    public void No_page_and_no_message_has_a_word_that_readers_stumble_over()
    {
        string[] words = ["metadatum", "pass for measured", "pass as measured"];
        var texts = Page.All.Select(page => (Where: page.Path, page.Text))
            .Concat(Diagnostics.DiagnosticCatalogue.All.Select(rule => (Where: rule.Code, Text: rule.Format)));
        foreach (var (where, text) in texts.AtLeastOne())
            foreach (var word in words.AtLeastOne())
                text.ShouldNotContain(word, Case.Insensitive, where);
    }

    [GeneratedRegex(@"\A# .+\n\n\*(Tutorial|How-to|Reference|Explanation)\.\* .+\n")]
    private static partial Regex BelowTitle();
}
