using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Tests.Docs;

public sealed class DiagnosticPagesSpecs
{
    private static readonly string Folder = Path.Combine(ItemsOfFile.Repository, "docs/diagnostics");

    public static TheoryData<string> Codes => [.. DiagnosticCatalogue.All.Select(rule => rule.Code)];

    [Theory]
    [MemberData(nameof(Codes))]
    public void Every_code_has_its_page(string code)
    {
        var page = File.ReadAllLines(Path.Combine(Folder, code + ".md"));
        page[0].ShouldBe($"# {code}: {DiagnosticCatalogue.All.Single(rule => rule.Code == code).Title}");
        page.ShouldContain("## What happened");
        page.ShouldContain("## What to do");
    }

    [Fact]
    public void Every_page_has_its_code() =>
        Directory.EnumerateFiles(Folder).Select(file => Path.GetFileNameWithoutExtension(file)!)
        .AtLeastOne().ShouldBeSubsetOf(DiagnosticCatalogue.All.Select(rule => rule.Code));
}
