using System.Text.RegularExpressions;
using System.Xml.Linq;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Figures;

namespace Verus.Artifact.Tests.Figures;

/// <summary>
/// Tests the pictures of the page on kinds of charts, which are drawn from the examples of the page. After an intended
/// change, UPDATE_GOLDEN=1 writes the pictures again, which must then be inspected.
/// </summary>
public sealed partial class GallerySpecs : FigureFixture
{
    private static readonly string Docs = Path.Combine(ItemsOfFile.Repository, "docs");

    public static TheoryData<string> Examples => [.. Items().Select(item => item.Attribute("Include")!.Value)];

    [Theory]
    [MemberData(nameof(Examples))]
    public void A_picture_of_the_page_is_what_its_example_draws(string name)
    {
        var figure = Declared(Items().Single(item => item.Attribute("Include")!.Value == name));
        var drawn = Draw(figure, GalleryData.Of(figure.Datasets[0]));
        drawn.Warnings.ShouldBeEmpty();
        var golden = Path.Combine(Docs, "gallery", name + ".svg");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.Copy(drawn.Files["svg"], golden, overwrite: true);
        File.Exists(golden).ShouldBeTrue($"{golden} is missing; UPDATE_GOLDEN=1 writes it");
        Text(drawn, "svg").Split('\n').ShouldBe(File.ReadAllText(golden).Split('\n'),
            $"{name}: UPDATE_GOLDEN=1 takes it over");
    }

    [Fact]
    public void Each_kind_of_charts_has_an_example_and_each_picture_belongs_to_one()
    {
        var shown = Items().Select(item => Declared(item).Kind.Name).Distinct();
        FigureKinds.Names(ExtensionSet.BuiltIn).Except(["Command", "Table"]).Except(shown).ShouldBeEmpty();
        Directory.EnumerateFiles(Path.Combine(Docs, "gallery")).AtLeastOne().Select(Path.GetFileNameWithoutExtension)
            .ShouldBe(Examples.Select(row => row.Data), ignoreOrder: true);
    }

    private static FigureDeclaration Declared(XElement item)
    {
        var found = new List<Diagnostic>();
        var metadata = item.Attributes().Where(attribute => attribute.Name != "Include")
            .ToDictionary(attribute => attribute.Name.LocalName, attribute => attribute.Value,
                StringComparer.OrdinalIgnoreCase);
        var figure = FigureDeclaration.Parse(
            new DeclarationItem("Figure", item.Attribute("Include")!.Value, metadata, () => Where), found);
        found.ShouldBeEmpty();
        return figure;
    }

    private static List<XElement> Items() =>
    [
        .. Blocks().Matches(File.ReadAllText(Path.Combine(Docs, "figure-kinds.md")))
            .SelectMany(block => XElement.Parse($"<All>{block.Groups[1].Value}</All>").Elements("Figure")),
    ];

    [GeneratedRegex("```xml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
