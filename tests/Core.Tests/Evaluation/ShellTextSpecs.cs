using Verus.Artifact.Evaluation.Reproduction;

namespace Verus.Artifact.Tests.Evaluation;

public sealed class ShellTextSpecs
{
    [Fact]
    public void A_shell_reads_any_text_as_it_is_and_expands_expressions_only()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        const string Odd = "\u0001\u0002\u0003\e\n\r\t $`'\"\\(){}[];&|<>*?~#!=-a1é";
        List<string> texts = ["\u0001$(echo pwned)\u0002", "\u0002\u0001`echo pwned`", "-n", "",
            .. Enumerable.Range(0, 60)
                .Select(_ => string.Concat(
                    Enumerable.Range(0, random.Next(12)).Select(_ => Odd[random.Next(Odd.Length)])))];
        var words = ShellText.Words(texts.Select(text => text + ShellText.Expression("$x") + text));
        var seen = Programs.Run("sh", "-c",
            $"x=expanded; for w in {words}; do printf '%s\\000' \"$w\"; done").Output.Split('\0')[..^1];
        seen.ShouldBe(texts.Select(text => $"{text}expanded{text}"));
    }
}
