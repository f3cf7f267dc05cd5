using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Verus.Artifact.Tests;

/// <summary>
/// Tests that lines of sources and docs are short enough to be read side by side. Lines that cannot be broken without
/// changing their meaning may be longer: a text of another language in C#, a single attribute in XML, a row of a table
/// or an example in the docs.
/// </summary>
public sealed partial class LineLengthSpecs
{
    private const int Most = 120;

    [Theory]
    [InlineData(".cs")]
    [InlineData(".py")]
    [InlineData(".sh")]
    [InlineData(".md")]
    [InlineData(".props")]
    [InlineData(".targets")]
    [InlineData(".proj")]
    [InlineData(".csproj")]
    public void No_line_is_longer_than_120_columns(string ending)
    {
        var files = GitCommand.Run(ItemsOfFile.Repository, "ls-files", "-co", "--exclude-standard")
            .Split('\n').Where(file => file.EndsWith(ending, StringComparison.Ordinal))
            .Where(file => File.Exists(Path.Combine(ItemsOfFile.Repository, file))).AtLeastOne();
        files.SelectMany(file => Long(ending, File.ReadAllText(Path.Combine(ItemsOfFile.Repository, file)))
            .Select(line => $"{file}:{line + 1}")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(".cs", "var one = 1; // ", true)]
    [InlineData(".cs", "var text = \"\"\"x\"\"\"; // ", true)]
    [InlineData(".cs", "var text = \"\"\"\n", false)]
    [InlineData(".md", "A sentence of the docs that ", true)]
    [InlineData(".md", "| a cell | ", false)]
    [InlineData(".md", "```xml\n", false)]
    [InlineData(".props", "<A Include=\"", false)]
    [InlineData(".props", "<A Include=\"x\" Other=\"", true)]
    [InlineData(".props", "<!-- Because ", true)]
    [InlineData(".sh", "# ", true)]
    public void A_line_is_too_long_unless_it_cannot_be_broken(string ending, string start, bool found)
    {
        var end = ending == ".props" ? "\" />" : start.EndsWith("\"\"\"\n", StringComparison.Ordinal) ? "\n\"\"\";"
            : "";
        var text = start + string.Concat(Enumerable.Repeat("word ", 30)) + end;
        Long(ending, text).Any().ShouldBe(found);
        Long(ending, text.Replace("word word word ", "", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static IEnumerable<int> Long(string ending, string text)
    {
        var lines = text.Split('\n');
        var found = Enumerable.Range(0, lines.Length).Where(line => lines[line].Length > Most).ToList();
        return found.Count == 0 ? [] : ending switch
        {
            ".cs" => found.Except(OfAnotherLanguage(text)),
            ".md" => found.Where(line => !lines[line].StartsWith('|')).Except(Examples(lines)),
            ".sh" or ".py" => found,
            _ => found.Where(line => Attribute().Count(lines[line]) > 1 || lines[line].Contains("<!--")),
        };
    }

    private static IEnumerable<int> OfAnotherLanguage(string text)
    {
        var tree = CSharpSyntaxTree.ParseText(text, cancellationToken: TestContext.Current.CancellationToken);
        return tree.GetRoot().DescendantNodesAndTokens().Where(part => part.Kind()
            is SyntaxKind.MultiLineRawStringLiteralToken or SyntaxKind.SingleLineRawStringLiteralToken
            or SyntaxKind.InterpolatedStringExpression)
            .Where(part => part.Span.Length > Most - 20 || part.Kind() is SyntaxKind.MultiLineRawStringLiteralToken)
            .Where(part => part.ToString().Contains("\"\"\"", StringComparison.Ordinal))
            .Select(part => part.GetLocation()!.GetLineSpan())
            .SelectMany(span => Enumerable.Range(span.StartLinePosition.Line,
                span.EndLinePosition.Line - span.StartLinePosition.Line + 1));
    }

    private static IEnumerable<int> Examples(string[] lines)
    {
        var inside = false;
        for (var line = 0; line < lines.Length; line++)
        {
            if (lines[line].TrimStart().StartsWith("```", StringComparison.Ordinal))
                inside = !inside;
            else if (inside || lines[line].StartsWith("    ", StringComparison.Ordinal))
                yield return line;
        }
    }

    [GeneratedRegex("""\s[\w:]+="[^"]*("|$)""")]
    private static partial Regex Attribute();
}
