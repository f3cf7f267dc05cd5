using System.Diagnostics;
using System.Text.Json;
using AngleSharp.Html.Parser;

namespace Verus.Artifact.Tests;

/// <summary>The documentation as a site, which docfx builds from the pages of the repository.</summary>
public sealed class SiteSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("site-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_site_has_every_page_a_search_and_no_link_that_leads_nowhere()
    {
        Restore();
        Programs.Run(SdkProject.BuildOf(SdkProject.Repository, ["build.proj", "-t:Docs"]), TimeSpan.FromMinutes(5))
            .Succeeds();
        var site = Path.Combine(SdkProject.Repository, "artifacts/docs");
        var pages = Directory.EnumerateFiles(Path.Combine(SdkProject.Repository, "docs"), "*.md",
            SearchOption.AllDirectories)
            .Select(page => Path.ChangeExtension(Path.GetRelativePath(SdkProject.Repository, page), ".html")).ToList();
        pages.Count.ShouldBeGreaterThan(100);
        using var search = JsonDocument.Parse(File.ReadAllText(Path.Combine(site, "index.json")));
        pages.ShouldBeSubsetOf(search.RootElement.EnumerateObject().Select(entry => entry.Name));

        var parser = new HtmlParser();
        var documents = Directory.EnumerateFiles(site, "*.html", SearchOption.AllDirectories)
            .ToDictionary(file => file, file => parser.ParseDocument(File.ReadAllText(file)));
        var held = 0;
        foreach (var (file, document) in documents.AtLeastOne())
            foreach (var element in document.QuerySelectorAll("article a[href], article img[src]"))
            {
                var address = element.GetAttribute("href") ?? element.GetAttribute("src")!;
                if (Uri.TryCreate(address, UriKind.Absolute, out _))
                    continue;
                var (path, heading) = address.Split('#') is [var page, var anchor] ? (page, anchor) : (address, "");
                var target = path.Length == 0 ? file
                    : Path.GetFullPath(Uri.UnescapeDataString(path), Path.GetDirectoryName(file)!);
                File.Exists(target).ShouldBeTrue($"{file} links to {address}");
                if (heading.Length > 0 && documents.TryGetValue(target, out var other))
                    other.GetElementById(Uri.UnescapeDataString(heading)).ShouldNotBeNull(
                        $"{file} links to {address}");
                held++;
            }
        held.ShouldBeGreaterThan(500);
    }

    [Theory]
    [InlineData("[page](missing.md)", "InvalidFileLink")]
    [InlineData("[heading](page.md#missing)", "InvalidBookmark")]
    public void A_link_that_leads_nowhere_fails_the_build_of_the_site(string link, string problem)
    {
        Restore();
        File.WriteAllText(Path.Combine(folder, "page.md"), $"# Page\n\n{link}\n");
        File.WriteAllText(Path.Combine(folder, "docfx.json"),
            """{ "build": { "content": [{ "files": ["*.md"] }], "output": "site" } }""");
        var build = Programs.Run(new ProcessStartInfo("dotnet",
            ["docfx", "build", Path.Combine(folder, "docfx.json"), "--warningsAsErrors"])
        { WorkingDirectory = SdkProject.Repository }, TimeSpan.FromMinutes(3));
        build.ExitCode.ShouldNotBe(0, build.Words);
        build.Words.ShouldContain(problem);
    }

    private static void Restore()
    {
        var restore = Programs.Run(new ProcessStartInfo("dotnet", ["tool", "restore"])
        { WorkingDirectory = SdkProject.Repository }, TimeSpan.FromMinutes(3));
        if (restore.ExitCode != 0)
            Assert.Skip($"docfx is not on this machine, and no feed has it: {restore.Words}");
    }
}
