using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Tests;

/// <summary>Tests builds on a terminal of their own, which the program script of util-linux makes.</summary>
public sealed partial class TerminalSpecs : SdkProject
{
    private static readonly int[] Widths = [60, 80, 120, 200];

    [Theory]
    [InlineData(60, true)]
    [InlineData(80, false)]
    [InlineData(160, true)]
    public void Progress_and_table_fit_the_terminal_and_colours_are_left_out_where_they_are_not_welcome(int width,
        bool color)
    {
        Write("""
            <ItemGroup>
              <Experiment Include="An-experiment-with-a-long-name" Matrix="parameter=a-long-value,another-long-value" Samples="3" Command="sleep 0.3" />
              <Dataset Include="Time" Experiments="An-experiment-with-a-long-name" />
              <Figure Include="A-figure-whose-name-does-not-fit-a-narrow-terminal" Kind="GroupedBars" Datasets="Time" X="parameter" />
              <Claim Include="It-takes-time" Title="It takes time" Figures="A-figure-whose-name-does-not-fit-a-narrow-terminal" />
              <Predicate Include="P1" Claim="It-takes-time" Dataset="Time" Quantity="min([])" AtLeast="0.1" />
            </ItemGroup>
            """);
        var output = OnTerminal(width, color);
        var lines = Ansi().Replace(output, "").Split('\n').Select(line => line.TrimEnd('\r')).ToList();
        var table = lines.SkipWhile(line => !line.StartsWith("figure ", StringComparison.Ordinal))
            .TakeWhile(line => !line.StartsWith("total: ", StringComparison.Ordinal)).ToList();
        table.Count.ShouldBe(2, output);
        table.AtLeastOne().ShouldAllBe(line => line.Length <= width);
        output.Contains("\e[32msupported", StringComparison.Ordinal).ShouldBe(color, output);
        // The activity that is running is shown only in the live line, in which its name may be shortened but not its
        // time.
        output.ShouldContain("[6/6] An-exp");
        lines.ShouldNotContain(line => line.StartsWith("[1/6]", StringComparison.Ordinal));
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

    /// <summary>
    /// Runs a build for each target and each kind of output: a terminal logger that was requested or detected, at
    /// common widths, and a pipe. The outputs may differ only in how lines are shortened and in the live area, which is
    /// never the only place of a message.
    /// </summary>
    [Fact]
    public void Every_public_target_says_on_a_terminal_what_it_says_elsewhere()
    {
        Write("""
            <ItemGroup>
              <ExternalFile Include="words" Url="https://host.invalid/words.txt" Sha256="0123456789012345678901234567890123456789012345678901234567890123" />
              <Experiment Include="Quick" Matrix="n=1,2" Command="true {n}" Samples="1" />
              <Dataset Include="Time" Experiments="Quick" />
              <Figure Include="Q" Kind="GroupedBars" Datasets="Time" X="n" />
              <Claim Include="Fast" Title="It is fast" Figures="Q" />
              <Predicate Include="P1" Claim="Fast" Dataset="Time" Quantity="min([])" AtMost="1000" />
            </ItemGroup>
            """);
        var list = Said(Build("-t:List", "-v:m").Succeeds().Output);
        var targets = list.Select(line => Target().Match(line)).Where(match => match.Success)
            .Select(match => match.Groups[1].Value).ToList();
        targets.Count.ShouldBeGreaterThan(10);
        var evaluation = Path.Combine(Folder, "evaluation");
        var silent = new List<string>();
        var wide = new List<string>();
        var said = 0;
        foreach (var (target, index) in targets.Select((target, index) => (target, index)).AtLeastOne())
        {
            // The pinned file is not present, and cannot be fetched.
            var arguments = target is "CloneExternalRepos" or "Bundle"
                ? new[] { "-t:" + target, "-p:Offline=true" } : ["-t:" + target];
            Remove(evaluation);
            var plain = Build([.. arguments, "-v:m"]).Output;
            var elsewhere = Said(plain);
            Remove(evaluation);
            var width = Widths[index % Widths.Length];
            var terminal = OnTerminal(width, color: index % 3 > 0, index % 2 == 0 ? "on" : "auto", mustSucceed: false,
                arguments);
            // A line that is wider than the terminal goes on in the next one.
            var there = string.Join(' ', Said(terminal));
            wide.AddRange(Wide(terminal, width).Select(line => $"-t:{target}, {width}: {line}"));
            // What is wrong or doubtful is shown at a file of the user.
            plain.Split('\n').Where(line => Code().IsMatch(line))
                .ShouldNotContain(line => line.Contains(".targets(", StringComparison.Ordinal), $"-t:{target}");
            foreach (var code in Code().Matches(plain).Select(match => match.Value).Except(["VART4013"]))
            {
                terminal.ShouldContain(code, customMessage: $"-t:{target}");
                said++;
            }
            if (elsewhere.Count == 0)
                silent.Add(target);
            // Messages about another build that measures at the same moment are ignored, since they depend on chance.
            foreach (var line in elsewhere.Where(line =>
                !line.StartsWith("Waiting for ", StringComparison.Ordinal)))
            {
                there.ShouldContain(line, customMessage: $"-t:{target}");
                said++;
            }
        }
        said.ShouldBeGreaterThan(targets.Count);
        wide.ShouldBeEmpty();
        // For this project, these targets print only errors, or nothing at all.
        silent.ShouldBeSubsetOf(["StopMachines", "CleanMachines", "Import", "Clean", "RestoreMachine",
            "CloneExternalRepos", "Bundle", "ProvisionTools", "Compare", "Archive"]);

        static void Remove(string folder)
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    // The lines of tasks that the terminal would have to break within a word.
    private static IEnumerable<string> Wide(string output, int width) => Ansi().Replace(output, "").Split('\n')
        .Select(line => line.TrimEnd('\r', ' ')).Where(line => line.Length > width && line.Trim().Contains(' ')
            && !OfMSBuild().IsMatch(line.Trim()));

    // The messages of the tasks, without lines of MSBuild itself, without warnings, whose form depends on the logger,
    // without steps, which are in the live area, and without times.
    private static List<string> Said(string output) =>
    [
        .. Ansi().Replace(output, "").Split('\n').Select(line => Spaces().Replace(line, " ").Trim())
            .Select(line => Duration().Replace(line, "TIME"))
            .Where(line => line.Length > 0 && !OfMSBuild().IsMatch(line)),
    ];

    private string OnTerminal(int width, bool color, string logger = "on", bool mustSucceed = true,
        params string[] arguments)
    {
        if (!File.Exists("/usr/bin/script"))
            Assert.Skip("script is not installed (Debian: apt-get install bsdutils)");
        var build =
            $"stty cols {width} rows 40; exec dotnet build "
                + $"'{Project}' -nologo -tl:{logger} {string.Join(' ', arguments)}";
        var start = With(new ProcessStartInfo("/usr/bin/script",
            ["-qefc", build, "/dev/null"])
        { WorkingDirectory = Folder },
            new Dictionary<string, string> { ["TERM"] = "xterm-256color", ["NO_COLOR"] = color ? "" : "1" });
        var end = Programs.Run(start, TimeSpan.FromMinutes(3));
        return (mustSucceed ? end.Succeeds() : end).Output;
    }

    [GeneratedRegex(@"^-t:(\w+)")]
    private static partial Regex Target();

    [GeneratedRegex(@"VART\d{4}")]
    private static partial Regex Code();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\d+(\.\d+)? (ms|s|min|h)\b")]
    private static partial Regex Duration();

    [GeneratedRegex(@"^(Build started|Build succeeded|Build FAILED|Time Elapsed|\d+ (Warning|Error)|\[\d+/\d+\]"
        + @"|Determining projects|All projects are)|(error|warning) [A-Z]+\d+: |VART4013|^Project ""|^\d+>|^Done"
        + @" Building")]
    private static partial Regex OfMSBuild();

    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]|\e[\]()][^\a\e]*(?:\a|\e\\)?")]
    private static partial Regex Ansi();
}
