using System.Text;
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
    public void The_contents_of_the_site_are_the_pages_of_the_index_in_its_order()
    {
        var contents = new StringBuilder();
        foreach (var section in Sections.Values.AtLeastOne())
        {
            contents.Append("- name: ").Append(section[3..]).Append("\n  items:\n");
            foreach (var name in LinkToPage().Matches(Page.Of("docs/README.md").Section(section))
                .Select(match => match.Groups[1].Value).Distinct().AtLeastOne())
                contents.Append("  - name: ").Append(Page.Of("docs/" + name).Text.Split('\n')[0][2..])
                    .Append("\n    href: ").Append(name).Append('\n');
        }
        var file = Path.Combine(ItemsOfFile.Repository, "docs/toc.yml");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(file, contents.ToString());
        File.ReadAllText(file).ShouldBe(contents.ToString(),
            "run the test with UPDATE_GOLDEN=1, which writes docs/toc.yml");
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

    [GeneratedRegex(@"\]\(([\w-]+\.md)[)#]")]
    private static partial Regex LinkToPage();

    [GeneratedRegex(@"\A# .+\n\n\*(Tutorial|How-to|Reference|Explanation)\.\* .+\n")]
    private static partial Regex BelowTitle();
}
