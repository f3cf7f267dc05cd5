using System.Text.RegularExpressions;

namespace Verus.Artifact.Tests;

/// <summary>
/// Tests that the core, the tasks, the targets, the contracts and the runner name no system of the paper. The names of
/// systems are in names-of-the-paper.txt, one expression per line.
/// </summary>
public sealed partial class NamesOfThePaperSpecs
{
    private static readonly string[] Rooms = ["Protocol", "Runner", "Core", "Tasks", "Verus.Artifact.Abstractions",
        "Verus.Artifact.Sdk"];

    private static readonly string[] Listed =
        File.ReadAllLines(Path.Combine(ItemsOfFile.Repository, "tests/Core.Tests/names-of-the-paper.txt"));

    private static readonly Regex Names =
        new($"(?<![a-z])(?:{string.Join('|', Listed.Where(line => line.Length > 0))})",
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    [Fact]
    public void What_every_artifact_gets_speaks_of_no_system_of_the_paper()
    {
        var files = Rooms.SelectMany(room =>
            Directory.EnumerateFiles(Path.Combine(ItemsOfFile.Repository, "src", room), "*",
                SearchOption.AllDirectories))
            .Where(file => Path.GetExtension(file) is ".cs" or ".csproj" or ".props" or ".targets" or ".json" or ".sh"
                or ".css" && Path.GetFileName(file) != "packages.lock.json").ToList();
        files.Count.ShouldBeGreaterThan(200);
        var found = from file in files
                    from line in File.ReadLines(file).Index()
                    let match = Names.Match(Own().Replace(line.Item, ""))
                    where match.Success
                    select $"{Path.GetRelativePath(ItemsOfFile.Repository, file)}({line.Index + 1}): {match.Value}";
        found.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("a tool such as Verus")]
    [InlineData("Reader=\"verus-json\"")]
    [InlineData("PageTableReader")]
    [InlineData("lists of F*")]
    public void A_name_is_found(string line) => Names.IsMatch(Own().Replace(line, "")).ShouldBeTrue();

    [Theory]
    [InlineData("namespace Verus.Artifact.Core;")]
    [InlineData("using Verus.Artifact.Extensions;")]
    [InlineData("Path.GetTempPath(), \"verus-artifact.lane\"")]
    [InlineData("$(UsingVerusArtifactSdk)")]
    [InlineData("what is off its path")]
    public void The_name_of_the_product_is_none(string line) => Names.IsMatch(Own().Replace(line, "")).ShouldBeFalse();

    // The product's own name.
    [GeneratedRegex(@"Verus[.-]?Artifact|VERUS_ARTIFACT", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Own();
}
