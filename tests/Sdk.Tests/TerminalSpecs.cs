using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Tests;

/// <summary>Builds on a terminal of its own, made by util-linux's script.</summary>
public sealed partial class TerminalSpecs : SdkProject
{
    [Theory]
    [InlineData(60, true)]
    [InlineData(80, false)]
    [InlineData(160, true)]
    public void Progress_and_table_fit_the_terminal_and_colours_are_left_out_where_they_are_not_welcome(int width, bool color)
    {
        Write("""
            <ItemGroup>
              <Experiment Include="An-experiment-with-a-long-name" Matrix="parameter=a-long-value,another-long-value" Samples="2" Command="sleep 0.3" />
              <Dataset Include="Time" Experiments="An-experiment-with-a-long-name" />
              <Figure Include="A-figure-whose-name-does-not-fit-a-narrow-terminal" Kind="GroupedBars" Datasets="Time" X="parameter" />
              <Claim Include="It-takes-time" Title="It takes time" Figures="A-figure-whose-name-does-not-fit-a-narrow-terminal" />
              <Predicate Include="P1" Claim="It-takes-time" Dataset="Time" Quantity="min([])" AtLeast="0.1" />
            </ItemGroup>
            """);
        var output = OnTerminal(width, color);
        var lines = Ansi().Replace(output, "").Split('\n').Select(line => line.TrimEnd('\r')).ToList();
        var table = lines.SkipWhile(line => !line.StartsWith("figure ", StringComparison.Ordinal)).TakeWhile(line => !line.StartsWith("report ->", StringComparison.Ordinal)).ToList();
        table.Count.ShouldBe(2, output);
        table.ShouldAllBe(line => line.Length <= width);
        output.Contains("\e[32msupported", StringComparison.Ordinal).ShouldBe(color, output);
        // What is running is in the live line, and only there: its name is cut, its time is not.
        output.ShouldContain("[4/4] An-exp");
        lines.ShouldNotContain(line => line.StartsWith("[1/4]", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_terminal_there_are_plain_lines()
    {
        Write("""<ItemGroup><Experiment Include="Quick" Samples="2" Command="true" /></ItemGroup>""");
        var output = Build().Succeeds().Output;
        output.ShouldNotContain("\e");
        output.ShouldContain("[1/2] Quick");
        output.ShouldContain("[2/2] Quick");
    }

    private string OnTerminal(int width, bool color)
    {
        if (!File.Exists("/usr/bin/script"))
            Assert.Skip("script is not installed (Debian: apt-get install bsdutils)");
        var start = new ProcessStartInfo("/usr/bin/script", ["-qefc", $"stty cols {width} rows 40; exec dotnet build '{Project}' -nologo -tl:on", "/dev/null"])
        {
            WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardInput = true,
        };
        start.Environment["TERM"] = "xterm-256color";
        start.Environment["NO_COLOR"] = color ? "" : "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(180_000))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail("The build has not ended.");
        }
        var text = output.GetAwaiter().GetResult();
        process.ExitCode.ShouldBe(0, text);
        return text;
    }

    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]|\e[\]()][^\a\e]*(?:\a|\e\\)?")]
    private static partial Regex Ansi();
}
