using System.Xml.Linq;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Scheduling;

namespace Verus.Artifact.Tests.Evaluation;

/// <summary>
/// Tests the samples that are modelled on published artifacts, each measured from an empty folder: every figure is
/// drawn, every claim has a verdict, and a second call has nothing to do.
/// </summary>
public sealed class FromScriptsSpecs : EvaluationFixture
{
    private static readonly string Folders = Path.Combine(ItemsOfFile.Repository, "samples/from-scripts");

    public static TheoryData<string> Shapes =>
        [.. Directory.GetDirectories(Folders).Select(folder => Path.GetFileName(folder)!)
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task A_sample_is_measured_from_nothing(string shape)
    {
        foreach (var program in new[] { "python3", "gcc" }.Where(program => !File.Exists("/usr/bin/" + program)))
            Assert.Skip($"{program} is not installed (eng/test.sh installs it where it can)");
        var from = Path.Combine(Folders, shape);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/evaluation/", StringComparison.Ordinal)))
        {
            var to = Path.Combine(Folder, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
        Options = Options with { Policy = new SamplePolicy(1) };
        Items.AddRange(Declared.Items(
            string.Concat(XElement.Load(Directory.GetFiles(from, "*.proj").ShouldHaveSingleItem())
            .Elements("ItemGroup").Elements())));
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Samples().AtLeastOne().ShouldAllBe(sample => sample.Outcome == SampleOutcome.Ok);
        foreach (var figure in Items.Where(item => item.Type == "Figure").AtLeastOne())
            File.Exists(Path.Combine(Layout.Figures, figure.Name + ".svg")).ShouldBeTrue(figure.Name);
        File.ReadAllText(Path.Combine(Layout.Root, "claims/All.json")).ShouldNotContain("NotMeasured");
        (await BuildAsync()).NothingToDo.ShouldBeTrue();
    }
}
