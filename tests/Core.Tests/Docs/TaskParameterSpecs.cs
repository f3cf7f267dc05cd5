using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Verus.Artifact.Tests.Docs;

/// <summary>
/// Tests that tasks are internal to the targets, although MSBuild needs public classes: only the targets name tasks,
/// and they set or read every property of each task.
/// </summary>
public sealed partial class TaskParameterSpecs
{
    private static readonly string Source = Path.Combine(ItemsOfFile.Repository, "src");

    // The properties that each task of the evaluation inherits.
    private static readonly string[] OfAll = ["Evaluation", "LiveProgress"];

    [Fact]
    public void Every_property_of_a_task_is_set_or_read_by_the_targets_and_no_other()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Source, "Verus.Artifact.Sdk/targets"), "*.targets")
            .Select(file => XDocument.Load(file)).ToList();
        var used = files.SelectMany(file => file.Descendants("UsingTask"))
            .Select(task => task.Attribute("TaskName")!.Value.Split('.')[^1]).ToList();
        used.Count.ShouldBeGreaterThan(10);
        foreach (var task in used.AtLeastOne())
        {
            var calls = files.SelectMany(file => file.Descendants("Target").Elements(task)).ToList();
            var passed = calls.SelectMany(call => call.Attributes().Select(attribute => attribute.Name.LocalName)
                .Concat(call.Elements("Output").Select(output => output.Attribute("TaskParameter")!.Value)))
                .Except(["Condition"]).Except(OfAll).Distinct();
            var code = File.ReadAllText(Path.Combine(Source, "Tasks", task + ".cs"));
            Property().Matches(code).Select(match => match.Groups[1].Value).Except(OfAll).Order()
                .ShouldBe(passed.Order(), task);
        }
    }

    [Fact]
    public void Every_public_class_of_the_tasks_is_a_task_of_the_targets()
    {
        var used = Directory.EnumerateFiles(Path.Combine(Source, "Verus.Artifact.Sdk/targets"), "*.targets")
            .SelectMany(file => XDocument.Load(file).Descendants("UsingTask"))
            .Select(task => task.Attribute("TaskName")!.Value.Split('.')[^1]);
        Directory.EnumerateFiles(Path.Combine(Source, "Tasks"), "*.cs")
            .SelectMany(file => PublicClass().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .Except(["EvaluationTask"]).Order().ShouldBe(used.Distinct().Order());
    }

    [GeneratedRegex(@"^    public (?:override )?[A-Za-z<>?[\].]+ (\w+) \{ get; set; \}", RegexOptions.Multiline)]
    private static partial Regex Property();

    [GeneratedRegex(@"^public (?:sealed |abstract |partial )*class (\w+)", RegexOptions.Multiline)]
    private static partial Regex PublicClass();
}
