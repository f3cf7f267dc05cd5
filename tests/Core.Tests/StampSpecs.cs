using System.Xml.Linq;

namespace Verus.Artifact.Tests;

/// <summary>
/// A file that stands for a complete output is deleted before anything of that output changes, so that a build that is
/// killed is not taken for a complete one.
/// </summary>
public sealed class StampSpecs
{
    private static readonly string[] Harmless = ["PropertyGroup", "ItemGroup", "Message"];

    [Fact]
    public void A_target_deletes_its_stamp_before_it_does_anything()
    {
        var stamped = Directory.EnumerateFiles(Path.Combine(ItemsOfFile.Repository, "eng"), "*.targets")
            .SelectMany(file => XDocument.Load(file).Descendants("Target"))
            .Select(target => (Target: target, Stamp: target.Elements("WriteLinesToFile")
                .Select(task => task.Attribute("File")!.Value).FirstOrDefault(path => path.EndsWith("Stamp)",
                    StringComparison.Ordinal))))
            .Where(one => one.Stamp is not null).AtLeastOne();
        stamped.Where(one => one.Target.Elements().First(task => !Harmless.Contains(task.Name.LocalName)) is var first
                && (first.Name.LocalName != "Delete" || first.Attribute("Files")!.Value != one.Stamp))
            .Select(one => one.Target.Attribute("Name")!.Value).ShouldBeEmpty();
    }
}
