using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Tests.Common;

/// <summary>Checks that no test waits forever for a program that it has started.</summary>
public sealed partial class ProgramsSpecs
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(0.3);

    [Fact]
    public void What_takes_too_long_is_killed_with_its_children_and_named()
    {
        var start = new ProcessStartInfo("sh", ["-c", "sleep 100.5151 & sleep 100.5151"]);
        Should.Throw<Exception>(() => Programs.Run(start, Short)).Message.ShouldContain("sh -c sleep 100.5151");
        ShouldBeGone("sleep 100.5151");
    }

    [Fact]
    public void What_goes_on_beside_a_test_is_killed_too()
    {
        using var process = Programs.Start(new ProcessStartInfo("sh", ["-c", "sleep 100.5252 & sleep 100.5252"]),
            Short);
        process.WaitForExit(TimeSpan.FromSeconds(20)).ShouldBeTrue();
        process.ExitCode.ShouldNotBe(0);
        ShouldBeGone("sleep 100.5252");
    }

    [Fact]
    public void Tests_start_programs_in_no_other_way()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(ItemsOfFile.Repository, "tests"), "*.cs",
            SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(ItemsOfFile.Repository, file).Replace('\\', '/'))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal)
                && !file.StartsWith("tests/DummyTool/", StringComparison.Ordinal)).ToList();
        sources.Count.ShouldBeGreaterThan(100);
        sources.Where(file => StartOfProgram().IsMatch(File.ReadAllText(Path.Combine(ItemsOfFile.Repository, file))))
            .ShouldBe(["tests/Core.Tests/Common/ProgramsSpecs.cs", "tests/Shared/Programs.cs"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("using var process = Process.Start(start)!;")]
    [InlineData("System.Diagnostics.Process.Start(\"true\")")]
    [InlineData("var process = new Process { StartInfo = start };")]
    [InlineData("await Cli.Wrap(\"true\").ExecuteAsync()")]
    public void Another_way_is_found(string code) => StartOfProgram().IsMatch(code).ShouldBeTrue();

    private static void ShouldBeGone(string command) =>
        SpinWait.SpinUntil(() => Programs.Run("pgrep", "-fx", command).ExitCode != 0, TimeSpan.FromSeconds(20))
            .ShouldBeTrue();

    [GeneratedRegex(@"\bProcess\s*\.\s*Start\(|\bnew (?:System\.Diagnostics\.)?Process\b|\bCli\s*\.\s*Wrap\(")]
    private static partial Regex StartOfProgram();
}
