using System.Text.RegularExpressions;

namespace Verus.Artifact.Tests;

/// <summary>
/// Checks that assertions can fail, as far as the text of the tests shows: no assertion is made of each element of a
/// collection that may be empty, none depends on an argument of the test, and no test ends before its last assertion.
/// </summary>
public sealed partial class AssertionSpecs
{
    private static readonly IReadOnlyList<(string File, string[] Lines)> Sources =
    [
        .. new[] { "Core.Tests", "Runner.Tests", "Sdk.Tests", "Shared" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(ItemsOfFile.Repository, "tests", folder),
                "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal)
                && Path.GetFileName(file) != nameof(AssertionSpecs) + ".cs")
            .Select(file => (Path.GetRelativePath(ItemsOfFile.Repository, file), File.ReadAllLines(file))),
    ];

    [Fact]
    public void What_is_asserted_of_each_element_demands_one() =>
        Found(OfEach).ShouldBeEmpty("say AtLeastOne(), or count");

    [Fact]
    public void A_theory_does_not_choose_its_assertions_by_its_arguments() =>
        Found(OfArguments).ShouldBeEmpty("give what is expected as an argument, or split it");

    [Fact]
    public void No_test_returns_before_its_end() => Found(Returns).ShouldBeEmpty("skip with the reason");

    [Theory]
    [InlineData("foreach (var x in List())", "    x.ShouldBe(1);")]
    [InlineData("foreach (var (a, b) in table.Where(row => row.Good))", "{", "    var y = a;", "    y.ShouldBe(1);",
        "}")]
    [InlineData("foreach (var x in List(", "    1))", "    Hold(x).ShouldBe(1);")]
    [InlineData("list.ShouldAllBe(x => x > 1);")]
    [InlineData("list.Where(x => x > 0)", "    .ShouldAllBe(x => x > 1);")]
    [InlineData("list.All(x => x > 1).ShouldBeTrue();")]
    [InlineData("Assert.All(list, x => Hold(x));")]
    [InlineData("list.ShouldBeUnique();")]
    public void What_holds_of_nothing_is_found(params string[] body) => OfEach(Test(body)).Count().ShouldBe(1);

    [Theory]
    [InlineData("foreach (var x in List().AtLeastOne())", "    x.ShouldBe(1);")]
    [InlineData("foreach (var x in new[] { 1, 2 })", "    x.ShouldBe(1);")]
    [InlineData("foreach (var git in (bool[])[true, false])", "    git.ShouldBe(1);")]
    [InlineData("foreach (var _ in Enumerable.Range(0, 2))", "    1.ShouldBe(1);")]
    [InlineData("foreach (var x in List())", "    Use(x);", "1.ShouldBe(1);")]
    [InlineData("foreach (var x in List())", "{", "    x.ShouldBe(1);", "    held++;", "}", "held.ShouldBe(3);")]
    [InlineData("list.AtLeastOne().ShouldAllBe(x => x > 1);")]
    [InlineData("problem.Diagnostics.All(x => x.Good).ShouldBeFalse();")]
    public void What_demands_an_element_is_not(params string[] body) => OfEach(Test(body)).ShouldBeEmpty();

    [Fact]
    public void What_depends_on_an_argument_is_found()
    {
        string[] wrong = ["    [Theory]", "    public void A(string kind)", "    {", "        if (kind == \"a\")",
            "            1.ShouldBe(1);", "        2.ShouldBe(2);", "    }"];
        OfArguments(wrong).ShouldBe([4]);
        OfArguments([.. wrong[..5], "        else", "            3.ShouldBe(3);", .. wrong[5..]]).ShouldBeEmpty();
        OfArguments([.. wrong[..3], "        if (here)", .. wrong[4..]]).ShouldBeEmpty();
        Returns([.. wrong[..4], "            return;", .. wrong[5..]]).ShouldBe([5]);
    }

    private static string[] Test(string[] body) =>
        ["    [Fact]", "    public void A()", "    {", .. body.Select(line => "        " + line), "    }"];

    private static IEnumerable<string> Found(Func<string[], IEnumerable<int>> rule)
    {
        Sources.Count.ShouldBeGreaterThan(150);
        return Sources.SelectMany(source =>
            rule(source.Lines).Select(line => $"{source.File}:{line}: {source.Lines[line - 1].Trim()}"));
    }

    // The numbers of the lines with an assertion that would hold for an empty collection.
    private static IEnumerable<int> OfEach(string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (ForEach().IsMatch(lines[i]))
            {
                var (head, first) = Head(lines, i);
                var body = string.Join('\n', Body(lines, i, first));
                if (Assertion().IsMatch(body) && !IsNeverEmpty(head) && !IsCounted(body, lines, i))
                    yield return i + 1;
            }
            else if (EachElement().IsMatch(lines[i]) && !IsNeverEmpty(Statement(lines, i)))
                yield return i + 1;
        }
    }

    private static IEnumerable<int> OfArguments(string[] lines) => Tests(lines).SelectMany(test =>
    {
        var (head, body) = Head(lines, test.Start);
        var arguments = Parameter().Matches(head[(head.IndexOf('(', StringComparison.Ordinal) + 1)..])
            .Select(match => match.Groups[1].Value).ToList();
        return Enumerable.Range(body, test.End - body).Where(i => If().Match(lines[i]) is { Success: true } match
            && Word().Matches(Text().Replace(match.Groups[1].Value, "")).Select(word => word.Value)
                .ToList() is var words
            && words.Exists(arguments.Contains)
            && words.TrueForAll(word =>
                arguments.Contains(word) || word is "is" or "not" or "null" or "or" or "Length" or "Count")
            && Body(lines, i, i + 1) is var branch && Assertion().IsMatch(string.Join('\n', branch))
            && !IsElse(lines, i + 1 + branch.Length)).Select(i => i + 1);
    });

    private static IEnumerable<int> Returns(string[] lines) => Tests(lines)
        .SelectMany(test => Enumerable.Range(test.Start, test.End - test.Start)
            .Where(i => lines[i].Trim() == "return;" && lines[i].Length < 28).Select(i => i + 1));

    // The lines from the one with the name of a test to the one that closes it; tests that are a single expression have
    // no branches.
    private static IEnumerable<(int Start, int End)> Tests(string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
            if (lines[i] is "    [Fact]" or "    [Theory]")
            {
                var start = Array.FindIndex(lines, i, line => line.StartsWith("    public ", StringComparison.Ordinal));
                var end = Array.FindIndex(lines, start + 1, line => line.Length == 0 || line == "    {");
                if (end > 0 && lines[end] == "    {")
                    yield return (start, Array.IndexOf(lines, "    }", end));
            }
    }

    // The head of a loop or a method, whose parentheses may extend over several lines, and the line after it.
    private static (string Text, int Next) Head(string[] lines, int at)
    {
        var depth = 0;
        for (var i = at; i < lines.Length; i++)
        {
            depth += lines[i].Count(letter => letter == '(') - lines[i].Count(letter => letter == ')');
            if (depth <= 0)
                return (string.Join(' ', lines[at..(i + 1)].Select(line => line.Trim())), i + 1);
        }
        return (lines[at], at + 1);
    }

    private static string[] Body(string[] lines, int head, int first)
    {
        var indent = lines[head].Length - lines[head].TrimStart().Length;
        return [.. lines[first..].TakeWhile(line => line.Length == 0 || line.Length - line.TrimStart().Length > indent
            || line.Trim() == "{")];
    }

    private static bool IsElse(string[] lines, int at) =>
        lines.Skip(at).Select(line => line.Trim()).FirstOrDefault(line => line is not "}")?.StartsWith("else",
            StringComparison.Ordinal) == true;

    private static string Statement(string[] lines, int at)
    {
        var first = at;
        while (first > 0 && lines[first - 1].Trim() is { Length: > 0 } before && before[^1] is not (';' or '{' or '}'))
            first--;
        return string.Join(' ', lines[first..(at + 1)].Select(line => line.Trim()));
    }

    private static bool IsNeverEmpty(string text) => Guard().IsMatch(text);

    // A loop may be empty if it counts its iterations and the count is asserted or returned.
    private static bool IsCounted(string body, string[] lines, int at) =>
        Counter().Matches(body).Select(match => match.Groups[1].Value)
        .Any(counter => lines.Skip(at).TakeWhile(line => line != "    }")
            .Any(line => line.Contains($"{counter}.Should", StringComparison.Ordinal)
            || line.Contains($"return {counter};", StringComparison.Ordinal)));

    [GeneratedRegex(@"^\s*(?:await )?foreach \(")]
    private static partial Regex ForEach();

    [GeneratedRegex(@"\.Should\w*\(|\bShould\.\w+\(|\bAssert\.(?!Skip)\w+\(|\.(?:Succeeds|Fails)\(")]
    private static partial Regex Assertion();

    [GeneratedRegex(@"\.ShouldAllBe\(|\.ShouldBeUnique\(|\.All\(.*\)\.ShouldBeTrue\(|\bAssert\.(?:All|AllAsync"
        + @"|DoesNotContain)\(")]
    private static partial Regex EachElement();

    [GeneratedRegex(@"\.AtLeastOne\(|(?:\bin |\) |^)new\b(?:[^{(]*|[ ]\([^)]*\))\[\]|\bin"
        + @" \(\w+\[\]\)\[|Enumerable\.(?:Range|Repeat)\(\d+, \d+\)")]
    private static partial Regex Guard();

    [GeneratedRegex(@"\b(\w+)\+\+;")]
    private static partial Regex Counter();

    [GeneratedRegex(@"^\s*if \((.*)\)$")]
    private static partial Regex If();

    [GeneratedRegex(@"(\w+)(?= *(?:=[^,)]*)?[,)])")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"[A-Za-z_]\w*")]
    private static partial Regex Word();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Text();
}
