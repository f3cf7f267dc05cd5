using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Tests;

/// <summary>
/// Executes the code blocks of the README, of the tour and of how-to guides from top to bottom, in an empty folder with
/// the packed SDK as feed. An HTML comment before a block says more: <c>file: NAME</c> (the block is the content of
/// that file), <c>into: NAME</c> (the block is inserted before the file's last line), <c>in the repository</c> (the
/// block runs in the repository), <c>needs: PROGRAM</c> or <c>needs: PROGRAM with MODULE</c> (the test ends as skipped
/// where it is missing), <c>not run: REASON</c>. A block of <c>text</c> has lines of the output of the block before it,
/// with … for texts that differ each time.
/// </summary>
public sealed partial class DocumentSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("document-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("README.md", 4)]
    [InlineData("docs/tour.md", 14)]
    [InlineData("docs/two-machines.md", 6)]
    [InlineData("docs/python-and-r.md", 6)]
    public void Every_code_block_does_what_the_page_says(string page, int atLeast)
    {
        if (!File.Exists(Path.Combine(SdkProject.Repository, "artifacts/packages/stamp.txt")))
            Assert.Fail("The SDK is not packed: run 'dotnet build build.proj -t:PackSdk' first, as eng/test.sh does.");
        File.WriteAllText(Path.Combine(folder, "NuGet.config"), """
            <configuration><packageSources><clear /><add key="verus-artifact" value="%FEED%" /></packageSources></configuration>
            """);
        var (output, executed) = ("", 0);
        foreach (var block in Blocks(File.ReadAllText(Path.Combine(SdkProject.Repository, page))).AtLeastOne())
        {
            if (block.Note.StartsWith("not run: ", StringComparison.Ordinal))
                continue;
            if (block.Note.StartsWith("needs: ", StringComparison.Ordinal))
                Need(block.Note[7..]);
            executed++;
            switch (block.Language)
            {
                case var _ when block.Note.StartsWith("file: ", StringComparison.Ordinal):
                    File.WriteAllText(Path.Combine(folder, block.Note[6..]), block.Text);
                    break;
                case "sh":
                    output = Run(block.Text, block.Note == "in the repository" ? SdkProject.Repository : folder);
                    break;
                case "text":
                    foreach (var line in block.Text.Split('\n',
                        StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).AtLeastOne())
                        output.ShouldMatch(Regex.Escape(line).Replace("…", ".*", StringComparison.Ordinal),
                            $"{page}: {line}\nin what was printed:\n{output}");
                    break;
                case "xml" when block.Note.StartsWith("into: ", StringComparison.Ordinal):
                    var file = Path.Combine(folder, block.Note[6..]);
                    var before = File.ReadAllText(file).TrimEnd();
                    File.WriteAllText(file, before.Insert(before.LastIndexOf('\n') + 1, block.Text));
                    break;
                default:
                    Assert.Fail(
                        $"{page}: nobody says what to do with this block of "
                            + $"'{block.Language}' ('{block.Note}'):\n{block.Text}");
                    break;
            }
        }
        executed.ShouldBeGreaterThanOrEqualTo(atLeast);
    }

    [Fact]
    public void The_script_makes_the_picture_of_the_readme()
    {
        Need("chromium");
        var picture = Path.Combine(folder, "report.png");
        Run($"eng/picture.sh '{picture}'", SdkProject.Repository);
        File.ReadAllText(Path.Combine(SdkProject.Repository, "README.md")).ShouldContain("](docs/report.png)");
        foreach (var file in new[] { picture, Path.Combine(SdkProject.Repository, "docs/report.png") }.AtLeastOne())
        {
            var bytes = File.ReadAllBytes(file);
            // Small enough to be in a repository, and more than an empty page.
            bytes.Length.ShouldBeInRange(20_000, 150_000, file);
            bytes[..4].ShouldBe([0x89, (byte)'P', (byte)'N', (byte)'G'], file);
        }
    }

    private static void Need(string what)
    {
        var (program, module) = what.Split(" with ") is [var first, var second] ? (first, second) : (what, null);
        var check = module is null ? $"command -v {program}" : $"{program} -c 'import {module}'";
        if (Programs.Run(Shell(check), TimeSpan.FromMinutes(1)).ExitCode != 0)
            Assert.Skip($"{what} is not installed");
    }

    // The system's programs come first, since the packages of the system belong to them.
    private static ProcessStartInfo Shell(string script)
    {
        var start = new ProcessStartInfo("bash", ["-e", "-c", script]);
        start.Environment["PATH"] = "/usr/bin:" + Environment.GetEnvironmentVariable("PATH");
        return start;
    }

    private string Run(string script, string directory)
    {
        var shell = Shell(script);
        shell.WorkingDirectory = directory;
        var start = SdkProject.With(shell, new Dictionary<string, string>
        {
            ["FEED"] = Path.Combine(SdkProject.Repository, "artifacts/packages"),
            // The folder of packages is new, so that no copy of the package from an earlier run can be mistaken for
            // the packed one.
            ["NUGET_PACKAGES"] = Path.Combine(folder, "packages"),
            // Templates are installed here, and not for the user who runs the tests.
            ["DOTNET_CLI_HOME"] = Path.Combine(folder, "home"),
        });
        var end = Programs.Run(start, TimeSpan.FromMinutes(5));
        end.ExitCode.ShouldBe(0, $"{script}\n{end.Words}");
        return end.Words;
    }

    private static IEnumerable<Block> Blocks(string markdown) =>
        Fence().Matches(markdown)
            .Select(match => new Block(match.Groups["note"].Value.Trim(), match.Groups["language"].Value,
                match.Groups["text"].Value));

    [GeneratedRegex(@"^(?:<!-- (?<note>.*?) -->\n)?```(?<language>\w*)\n(?<text>.*?)^```$",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Fence();

    private sealed record Block(string Note, string Language, string Text);
}
