using Verus.Artifact.Report;

namespace Verus.Artifact.Tests.Report;

public sealed class AppendixSpecs : IDisposable
{
    private readonly ReportSample sample = new();

    public void Dispose() => sample.Dispose();

    [Fact]
    public void What_evaluators_have_to_write_is_there()
    {
        var text = Text(sample.Model);
        text.Split('\n').Where(line => line.StartsWith("## "))
            .ShouldBe(["## Getting started", "## Claims and experiments", "## Figures", "## Environment",
                "## Dependencies", "## Badges"]);
        text.ShouldContain($"| lists | swh:1:rev:{new string('a', 40)} |");
        text.ShouldContain(
            "| Results Reproduced | every claim is supported by numbers measured here | no | 1 of 5 claims |");
        text.ShouldContain(
            "| Artifacts Evaluated – Functional | no sample failed | no | 1 failed sample of 21 |");
        text.ShouldContain("> **PARTLY RECORDED by the authors, not all of it was measured here**");
        text.ShouldContain(
            "| SupportedMeasured | A claim that is Supported | ✓ supported | Lists | Lists | 21 | 75.5 s | 300 MiB | "
                + "4.9 KiB |");
        text.ShouldContain(
            "| SupportedRecorded | A claim that is Supported | ✓ supported by recorded numbers | Log |  | 0 | – | – | "
                + "– |");
        text.ShouldContain("| evaluation/sources | 3 GiB |");
        text.ShouldContain("| Processor | Example 9000 |");
        text.ShouldContain("| dafny | 4.11.0 | 0123456789ab | 4.11.0 instead of the pinned 4.3.0 |");
        text.ShouldContain(
            $"| lists | repository | {new string('a', 40)} | https://example.org/lists | yes | edited by hand |");
        text.ShouldContain(
            "| try everything on a few cells | dotnet build build.proj -p:Smoke=true | one a cell | 6.5 s |");
        text.ShouldContain("| the quickest figure, Lists | dotnet build build.proj -p:Request=Lists | 21 | 75.5 s |");
        text.ShouldContain("| everything | dotnet build build.proj | 21 | 75.5 s |");
        text.ShouldContain("| memory | 6GiB | Lists, Log |");
        text.ShouldContain("| 2026-01-02 03:00 | 4f2a | 21 | 90.0 s | 42 |");
    }

    [Theory]
    [InlineData(AppendixShape.EuroSys, "Abstract|Description \\& Requirements|Set-up|Evaluation workflow|"
        + "Notes on Reusability|Badges")]
    [InlineData(AppendixShape.Usenix, "Abstract|Description \\& Requirements|Set-up|Evaluation workflow|"
        + "Notes on Reusability|Badges")]
    [InlineData(AppendixShape.Acm, "Abstract|Artifact check-list (meta-information)|Description|Installation|"
        + "Experiment workflow|Evaluation and expected results|Experiment customization|Badges")]
    public void Each_shape_has_its_sections_with_numbered_claims_and_experiments(AppendixShape shape, string sections)
    {
        var text = AppendixTeX.Render(sample.Model, shape);
        text.Split('\n').Where(line => line.StartsWith(@"\subsection{", StringComparison.Ordinal))
            .Select(line => line[12..^1]).ShouldBe(sections.Split('|'));
        text.ShouldContain(@"\item (C1): A claim that is Supported (E1; Lists). Supported.");
        text.ShouldContain(
            @"\paragraph{Experiment (E1): Lists} [1 human-minute + 0.02 compute-hours + 4.9 KiB of disk]");
        if (!File.Exists("/usr/bin/pdflatex"))
            Assert.Skip("pdflatex is not installed (Debian package texlive-latex-base)");
        File.WriteAllText(Path.Combine(sample.Root, "appendix.tex"), text);
        File.WriteAllText(Path.Combine(sample.Root, "paper.tex"), @"\documentclass{article}\usepackage{booktabs}"
            + @"\usepackage[utf8]{inputenc}\begin{document}\appendix\input{appendix}\end{document}" + "\n");
        Programs.Shell(sample.Root, "pdflatex -interaction=nonstopmode -halt-on-error paper.tex >&2").Succeeds();
    }

    [Fact]
    public void Only_a_figure_that_was_measured_here_is_ticked()
    {
        var rows = Text(sample.Model).Split('\n').SkipWhile(line => line != "## Figures")
            .Where(line => line.StartsWith("| ")).Take(5).ToList();
        rows.ShouldBe(
        [
            "| figure | shows | here |  | A | B | C | D |",
            "| --- | --- | --- | --- | --- | --- | --- | --- |",
            "| Lists (Paper7a) | Time to verify a list | ✓ | 9 values measured here in 75.5 s; 1 failed sample | ☐ | ☐ "
                + "| ☐ | ☐ |",
            "| Log | Appends to a log |  | RECORDED by the authors, not measured here | ☐ | ☐ | ☐ | ☐ |",
            "| Cluster | Throughput on a cluster |  | not measured: needs 3 machines, found 1 | ☐ | ☐ | ☐ | ☐ |",
        ]);
    }

    [Fact]
    public void A_part_of_the_evaluation_has_its_own_commands_and_unknown_times_are_said() =>
        Text(sample.Model with { Request = "Lists", Resources = [], SmokeSeconds = null })
            .ShouldContain("| all of Lists | dotnet build build.proj -p:Request=Lists | 0 | not measured here |");

    [Fact]
    public void A_smoke_run_ticks_nothing_and_is_marked()
    {
        var smoke = sample.Model with
        {
            Figures = [.. sample.Model.Figures.Select(figure =>
                figure with { Measured = [.. figure.Measured.Select(dataset => dataset with { IsSmoke = true })] })]
        };
        var text = Text(smoke);
        text.ShouldContain("> **SMOKE RUN, not a result");
        text.ShouldNotContain("| ✓ |");
        File.ReadAllText(Path.Combine(sample.Folder, "index.html")).ShouldContain("SMOKE RUN, not a result");
        File.ReadAllText(Path.Combine(sample.Folder, "summary.txt")).ShouldContain("9, 1 failed, SMOKE RUN");
    }

    [Fact]
    public void Cells_cannot_break_out_of_their_table()
    {
        var model = sample.Model with
        {
            Tools = [new ReportTool("a|b\n# c", "`*_x_*`", "<b>[1](x)", "a_b ~~c~~ \\"),
            new ReportTool("1. x", "- y", "4.11.0", "2.5 s")]
        };
        Text(model).ShouldContain("""| 1\. x | \- y | 4.11.0 | 2.5 s |""");
        Text(model).ShouldContain("""| a\|b # c | \`\*\_x\_\*\` | &lt;b>\[1\](x) | a_b \~\~c\~\~ \\ |""");
    }

    private string Text(ReportModel model) => File.ReadAllText(ReportWriter.Write(model, sample.Folder).Appendix);
}
