using Verus.Artifact.Common;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Tests.Common;

/// <summary>Tests how a misspelt property is distinguished from one that the project has.</summary>
public sealed class PropertyNamesSpecs
{
    private static readonly string[] Known = ["Samples", "SamplesCap", "Seed", "OnMissing"];

    [Theory]
    [InlineData("Sample", "Samples")]
    [InlineData("SAMPLS", "Samples")]
    [InlineData("Sede", "Seed")]
    [InlineData("Samples", "Samples")]
    [InlineData("SamplesCap2", "SamplesCap")]
    [InlineData("Smoke", null)]
    [InlineData("Configuration", null)]
    [InlineData("Ed", null)]
    [InlineData("X", null)]
    public void The_nearest_name_is_two_letters_away_at_most(string name, string? nearest) =>
        Suggestion.Nearest(name, Known, distance: 2).ShouldBe(nearest);

    [Theory]
    [InlineData("<A>$(Sample)</A>", true)]
    [InlineData("Condition=\"'$(sample)' == ''\"", true)]
    [InlineData("$(Sample.Length)", true)]
    [InlineData("$(Sample[0])", true)]
    [InlineData("$(Samples)", false)]
    [InlineData("<Sample>1</Sample>", false)]
    public void A_property_is_read_where_its_whole_name_stands(string text, bool isRead) =>
        PropertyNames.IsRead("Sample", text).ShouldBe(isRead);

    [Fact]
    public void Names_are_those_of_property_groups_that_are_public()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("names-").FullName, "a.props");
        File.WriteAllText(file,
            "<Project><PropertyGroup><A></A><_B>1</_B></PropertyGroup><ItemGroup><C Include=\"1\" "
                + "/></ItemGroup><PropertyGroup><D /></PropertyGroup></Project>");
        PropertyNames.Of([file]).ShouldBe(["A", "D"], ignoreOrder: true);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }
}
