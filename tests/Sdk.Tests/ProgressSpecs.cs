namespace Verus.Artifact.Tests;

/// <summary>The page that shows a run while it goes on, in a real build.</summary>
public sealed class ProgressSpecs : SdkProject
{
    [Fact]
    public void The_page_is_there_while_samples_run_and_says_afterwards_that_the_run_ended()
    {
        // The measured command itself reads the page, which is no input of it.
        Write($$"""
            <ItemGroup>
              <Experiment Include="Look" Matrix="n=1" Samples="1"
                Command="sh -c 'cat {{Folder}}/evaluation/report/prog*.html | grep -m{n} Running:'" />
              <Dataset Include="Time" Experiments="Look" />
              <Figure Include="Time" Kind="GroupedBars" Datasets="Time" X="n" />
            </ItemGroup>
            """);
        Build().Succeeds();
        var page = File.ReadAllText(Path.Combine(Folder, "evaluation/report/progress.html"));
        page.ShouldContain(", after 1 sample. The report has figures and verdicts.");
        page.ShouldNotContain("<p data-refresh");
    }
}
