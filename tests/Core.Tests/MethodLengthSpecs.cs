using System.Text.RegularExpressions;

namespace Verus.Artifact.Tests;

/// <summary>Tests that methods are short enough to be read at once.</summary>
public sealed partial class MethodLengthSpecs
{
    private const int Most = 40;

    // The methods that are longer, at most five, each with the reason.
    private static readonly IReadOnlyDictionary<string, string> Long = new Dictionary<string, string>
    {
        ["src/Runner/JobRunner.cs RunOnce"] =
            "one measurement: what lies between start and end is in view, so that nothing gets between the clocks "
                + "unseen",
        ["src/Core/Tools/Requirement.cs Parse"] = "a case for each thing that a machine can be asked for",
        ["src/Core/Experiments/Cells/ExperimentDeclaration.cs Parse"] = "a line for each metadata name",
        ["src/Core/Evaluation/EvaluationModel.cs Parse"] = "a line for each type of item",
        ["src/Core/Evaluation/References.cs Check"] = "a block for each type of declaration that refers to others",
    };

    [Fact]
    public void At_most_five_methods_are_longer_than_forty_lines()
    {
        var methods = new[] { "src/Core", "src/Tasks", "src/Runner" }.SelectMany(folder => Sources(folder))
            .SelectMany(file => Blocks(File.ReadAllLines(file))
                .Select(block => (Name: $"{Path.GetRelativePath(ItemsOfFile.Repository, file)} {block.Name}",
                    block.Lines))).ToList();
        methods.Count.ShouldBeGreaterThan(1000);
        methods.Where(method => method.Lines > Most).Select(method => method.Name).ShouldBe(Long.Keys,
            ignoreOrder: true);
        Long.Count.ShouldBeLessThanOrEqualTo(5);
        Long.Values.AtLeastOne().ShouldAllBe(reason => reason.Length > 0);
    }

    [Fact]
    public void The_lines_between_the_braces_count()
    {
        const string text = """
            class Outer
            {
                private static readonly int[] Table = new()
                {
                    1,
                };

                public int Method(
                    int argument)
                {
                    if (argument > 0)
                    {
                        return 1;
                    }
                    return 2;
                }

                private int Short() => Method(1) switch
                {
                    _ => 1,
                };

                private sealed class Inner
                {
                    public void InnerMethod()
                    {
                        return;
                    }
                }
            }
            """;
        Blocks(text.Split('\n')).ShouldBe([("Method", 5), ("Short", 1), ("InnerMethod", 1)]);
    }

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(ItemsOfFile.Repository, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal));

    // The search relies on the format of the sources: the braces of a member are alone in their lines, in the column in
    // which the member begins.
    private static IEnumerable<(string Name, int Lines)> Blocks(string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (!Opening().IsMatch(lines[i]))
                continue;
            var head = Head(lines, i);
            if (Type().IsMatch(head))
                continue;
            var end = Array.FindIndex(lines, i,
                line => line.StartsWith(lines[i][..^1] + (lines[i][^1] == '{' ? '}' : ']'), StringComparison.Ordinal));
            // A declaration that ends with a semicolon and is not a method is data.
            if (Name().Match(head) is { Success: true } name
                && (!lines[end].EndsWith(';') || head.Contains("=>", StringComparison.Ordinal)))
                yield return (name.Groups[1].Value, end - i - 1);
            i = end;
        }
    }

    private static string Head(string[] lines, int at)
    {
        var first = at;
        while (first > 0 && lines[first - 1].Trim() is { Length: > 0 } before && before[^1] is not (';' or '{' or '}')
            && !before.StartsWith("//", StringComparison.Ordinal))
            first--;
        return string.Join(' ', lines[first..at].Select(line => line.Trim()));
    }

    [GeneratedRegex(@"^(?: {4}| {8})[{\[]$")]
    private static partial Regex Opening();

    [GeneratedRegex(@"^[^(]*\b(?:class|record|struct|enum|interface) \w")]
    private static partial Regex Type();

    [GeneratedRegex(@"(\w+)(?:<[\w, ]+>)?\(")]
    private static partial Regex Name();
}
