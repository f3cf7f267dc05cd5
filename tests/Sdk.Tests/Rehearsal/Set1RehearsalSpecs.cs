using System.Text.RegularExpressions;

namespace Verus.Artifact.Tests.Rehearsal;

/// <summary>
/// Tests Set 1 in the places of the authors' guide, from nothing to the report, with stand-ins for all programs of
/// upstream that compare each call with the table of upstream's commands. The virtual machine of the log benchmark is a
/// real one.
/// </summary>
public sealed class Set1RehearsalSpecs(Set1Rehearsal rehearsal) : IClassFixture<Set1Rehearsal>
{
    private static readonly string[] Figures = ["Figure6a", "Figure6b", "Figure6bDouble", "Figure7", "Figure8",
        "Figure11", "Figure12", "Figure13"];

    public static TheoryData<string> Deviations => [.. Deviation.All.Select(one => one.Experiment)];

    [Fact]
    public void An_ordinary_user_gets_every_figure_of_set_1_from_nothing()
    {
        rehearsal.Need();
        var output = rehearsal.Whole.Succeeds().Output;
        output.ShouldNotContain("rehearsal:");
        output.ShouldNotContain("VART4006");
        foreach (var figure in Figures.AtLeastOne())
        {
            Regex.IsMatch(output, $@"\b{figure} +[1-9][0-9]*, SMOKE RUN").ShouldBeTrue($"{figure} in: {output}");
            rehearsal.Left[$"figures/{figure}.txt"].ShouldNotContain("RECORDED BY THE AUTHORS", Case.Sensitive);
        }
        rehearsal.Left.Keys.ShouldContain("report/Set1.html");
        rehearsal.FilesOfOthers.ShouldBeEmpty("what root wrote in the containers was given back");
    }

    [Fact]
    public void The_files_of_the_guide_have_the_guides_names_and_upstreams_form()
    {
        rehearsal.Need();
        rehearsal.Whole.Succeeds();
        var files = rehearsal.Left.Where(file => file.Key.StartsWith("data/formats/", StringComparison.Ordinal))
            .ToDictionary(file => Path.GetFileName(file.Key), file => file.Value);
        foreach (var (file, text) in files.AtLeastOne())
            UpstreamForms.Read(file, text).ShouldBeGreaterThan(0, file);
        foreach (var file in new[] { "linked-list-oneshot.txt", "doubly-linked-list-oneshot.txt",
            "linked-list-repeat.csv", "doubly-linked-list-repeat.csv", "linked-list-errors.csv", "results.json",
            "results-latex-commands.tex", "process-benchmarks-output.txt" }.AtLeastOne())
            files.Keys.ShouldContain(file);
        files.Keys.Count(file => file.StartsWith("results_", StringComparison.Ordinal)).ShouldBeGreaterThan(0);
    }

    [Fact]
    public void The_pictures_of_the_guide_come_from_upstreams_scripts_or_say_that_they_do_not()
    {
        rehearsal.Need();
        var output = rehearsal.Whole.Succeeds().Output;
        foreach (var name in new[] { "linked-list-memory-reasoning", "doubly-linked-list-memory-reasoning",
            "error-times-1", "error-times-2", "macro-table", "results" }.AtLeastOne())
        {
            rehearsal.Left.Keys.ShouldContain($"figures/{name}.pdf");
            // Of upstream's scripts, the rehearsal has only the one of the singly linked list.
            var isUpstreams = name == "linked-list-memory-reasoning";
            output.Contains($"VART6045: Figure '{name}'", StringComparison.Ordinal).ShouldBe(!isUpstreams, output);
            rehearsal.Left[$"figures/{name}.txt"].ShouldContain(
                isUpstreams ? "Drawn by the author's own program" : "Drawn by the SDK as 'Figure");
        }
    }

    [Theory]
    [MemberData(nameof(Deviations))]
    public void A_deviation_from_upstreams_commands_fails_and_says_what_upstream_does(string experiment)
    {
        rehearsal.Need();
        var output = rehearsal.Deviating.Fails("VART4046").Output + rehearsal.WordsOfSamples();
        output.Contains("rehearsal: " + Deviation.All.Single(one => one.Experiment == experiment).Says,
            StringComparison.Ordinal).ShouldBeTrue(output);
    }

    [Fact]
    public void Another_user_than_upstreams_fails()
    {
        rehearsal.Need();
        var end = rehearsal.AsUserOnHost("benchmark");
        end.ExitCode.ShouldBe(97);
        end.Error.ShouldContain("rehearsal: benchmark: the user is number 23456, and upstream's is root");
    }

    [Fact]
    public void All_images_that_it_brought_are_removed_with_their_sizes_and_no_others()
    {
        rehearsal.Need();
        var output = rehearsal.Cleaned.Succeeds().Output;
        foreach (var image in new[] { "verus-artifact/guide-lists:", "verus-artifact/guide-rust:", "/ubuntu:22.04",
            "/utaal/ubuntu-essentials-rust-1.76.0", "/utaal/ironsync-osdi2023-artifact" })
            Regex.IsMatch(output, $@"Removed \S*{Regex.Escape(image)}\S* \([0-9.]+ MiB\)").ShouldBeTrue(output);
        rehearsal.Docker("images", "--format", "{{.Repository}}").ShouldBe("verus-artifact-test");
    }
}
