using System.Globalization;
using System.Text;
using Microsoft.Build.Execution;

namespace Verus.Artifact.Tests.Rehearsal;

/// <summary>Tests the table of upstream's commands against the suites and the docs.</summary>
public sealed class UpstreamTableSpecs
{
    private const string Begin = "<!-- upstream's commands, begin: written by UPDATE_GOLDEN=1 -->",
        End = "<!-- upstream's commands, end -->";
    private const int DefaultSamples = 4;

    private static readonly IReadOnlyList<UpstreamCommands> Rows = UpstreamCommands.Read();

    private static readonly ProjectInstance Paper =
        InProcess.Evaluate(Path.Combine(SdkProject.Repository, "build.proj"));

    [Fact]
    public void Every_experiment_and_every_built_tool_and_image_of_set_1_has_a_row_and_no_row_is_of_anything_else()
    {
        var named = Rows.SelectMany(row => row.Names).ToHashSet(StringComparer.Ordinal);
        string[] inPlaces = ["Docker", "Vm"];
        var experiments = Paper.GetItems("Experiment").Where(one => inPlaces.Contains(one.GetMetadataValue("Executor")))
            .Select(one => one.EvaluatedInclude).ToList();
        var tools = Paper.GetItems("Tool").Where(one => one.GetMetadataValue("Image").Length > 0
            && one.GetMetadataValue("Build").Length > 0).Select(one => one.EvaluatedInclude)
            // The later version of the page table is not that of the guide, and so is not in the table.
            .Except(["page-table-later"]);
        var images = Paper.GetItems("ContainerImage").Where(one => one.GetMetadataValue("Dockerfile").Length > 0)
            .Select(one => one.EvaluatedInclude);
        experiments.Count.ShouldBeGreaterThan(50);
        named.Order(StringComparer.Ordinal)
            .ShouldBe(experiments.Concat(tools).Concat(images).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_numbers_of_samples_are_those_of_upstream()
    {
        Rows.Where(row => row.All("times").Count > 0).AtLeastOne();
        Repetitions(name => Paper.GetItems("Experiment").Single(one => one.EvaluatedInclude == name)
            .GetMetadataValue("Samples")).ShouldBeEmpty();
    }

    [Fact]
    public void Another_number_of_samples_is_told() =>
        Repetitions(name => name == "PmLog" ? "3" : "").ShouldBe(
            ["PmLog: 3 samples, and upstream takes 10 (verified-storage: artifact_eval/experiment/run.sh)"]);

    [Fact]
    public void The_docs_have_a_line_for_each_row()
    {
        var page = Path.Combine(SdkProject.Repository, "docs/paper.md");
        var text = File.ReadAllText(page);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        begin.ShouldBeGreaterThan(-1);
        var updated = text[..begin] + Begin + "\n\n" + Table() + "\n" + text[end..];
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(page, updated);
        else
            text.ShouldBe(updated, "UPDATE_GOLDEN=1 writes the table of docs/paper.md");
    }

    private static List<string> Repetitions(Func<string, string> samplesOf) =>
        [.. from row in Rows
            from times in row.All("times")
            from name in row.Names
            let samples = samplesOf(name) is { Length: > 0 } declared
                ? declared : DefaultSamples.ToString(CultureInfo.InvariantCulture)
            where samples != times
            select $"{name}: {samples} samples, and upstream takes {times} ({row.All("upstream")[0]})"];

    private static string Table()
    {
        var table = new StringBuilder("| for | command, in its folder | environment | script | here |\n"
            + "| --- | --- | --- | --- | --- |\n");
        foreach (var row in Rows.AtLeastOne())
        {
            var commands = string.Join("<br>", row.All("run").Select(Code));
            var with = string.Join("<br>", row.All("with").Concat(row.All("needs")).Select(Code));
            var why = row.All("why");
            table.Append(CultureInfo.InvariantCulture,
                $"| {string.Join(", ", row.Names.Select(Code))} | {commands}<br>in {Code(row.All("in")[0])} | {with} | "
                    + $"{string.Join("<br>", row.All("upstream")[0].Split(": "))} | "
                    + $"{(why.Count == 0 ? "the same" : "differs: " + why[0])} |\n");
        }
        return table.ToString();
    }

    private static string Code(string text) => $"`{text.Replace("|", "\\|", StringComparison.Ordinal)}`";
}
