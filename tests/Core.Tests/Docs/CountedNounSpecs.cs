using System.Text.RegularExpressions;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Tests.Docs;

/// <summary>Tests that no message says "1 samples": counts and their nouns come from one method.</summary>
public sealed partial class CountedNounSpecs
{
    // Messages whose number is always more than one, or a limit.
    private static readonly string[] AlwaysSeveral =
    [
        // A sample is given up after three interruptions.
        "VART4145",
        // A matrix is refused for its millions of combinations, and a tree for its 1,000 submodules.
        "VART4182", "VART2051",
        // A quantity that is not one number, and points that fall together.
        "VART7006", "VART5063",
    ];

    [Theory]
    [InlineData(1, "sample", "1 sample")]
    [InlineData(0, "sample", "0 samples")]
    [InlineData(2, "repository", "2 repositories")]
    [InlineData(2, "day", "2 days")]
    [InlineData(2, "more file", "2 more files")]
    [InlineData(2, "process", "2 processes")]
    [InlineData(1, "branch", "1 branch")]
    [InlineData(2, "branch", "2 branches")]
    public void A_noun_agrees_with_its_number(int number, string noun, string text) =>
        Amount.Count(number, noun).ShouldBe(text);

    [Fact]
    public void A_rule_has_no_number_before_a_noun_in_the_plural()
    {
        var rules = DiagnosticCatalogue.All.AtLeastOne().Where(rule => !AlwaysSeveral.Contains(rule.Code))
            .Select(rule => (rule.Code, Match: InRule().Match(rule.Format))).Where(one => one.Match.Success).ToList();
        rules.Select(one => $"{one.Code}: {one.Match.Value}").ShouldBeEmpty();
        DiagnosticCatalogue.All.Where(rule => AlwaysSeveral.Contains(rule.Code)).AtLeastOne()
            .ShouldAllBe(rule => InRule().IsMatch(rule.Format), "an exception that is not needed any more");
    }

    [Fact]
    public void A_message_has_no_count_before_a_noun_in_the_plural()
    {
        var lines = new[] { "src/Core", "src/Tasks" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(ItemsOfFile.Repository, folder), "*.cs",
                SearchOption.AllDirectories))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(file => File.ReadLines(file).Select(line => (File: Path.GetFileName(file), Text: line)))
            .ToList();
        lines.Count.ShouldBeGreaterThan(10_000);
        // A line that compares the number with one has a text for one of the things as well.
        lines.Where(line => InMessage().IsMatch(line.Text) && !Compares().IsMatch(line.Text))
            .Select(line => $"{line.File}: {line.Text.Trim()}").ShouldBeEmpty();
    }

    private const string Nouns = "(?:samples|cells|files|lines|rows|columns|steps|packages|points|experiments|figures"
        + "|machines|repositories|values|fields|panels|folders|entries|runs|datasets|predicates|claims|jobs|images"
        + "|tools|errors|problems|warnings|rounds|commits|submodules|processes|arguments|downloads|numbers"
        + "|combinations)";

    [GeneratedRegex(@"\{\d+\} (?:more )?" + Nouns + @"\b")]
    private static partial Regex InRule();

    [GeneratedRegex(@"\{[^{}""]*(?:Count|Length|count|total|Total|needed|samples|cells|steps)(?:\(\))?(?: - \w+)?\} "
        + "(?:[a-z]+ )?" + Nouns + @"\b")]
    private static partial Regex InMessage();

    [GeneratedRegex(@"(?:== 1|> 1|is > 1)\b")]
    private static partial Regex Compares();
}
