using System.Text;
using CliWrap;
using Verus.Artifact.Common;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Tests.Tools;

/// <summary>Tests that a single class starts the commands of authors on this machine: steps of builds, figures,
/// readers.</summary>
public sealed class HostCommandSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("host-command-").FullName;
    private readonly StringBuilder said = new();

    private static string Runner { get; } =
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../publish/runner/artifact-runner"));

    public void Dispose() => FolderRemoval.Remove(folder);

    [Fact]
    public async Task It_has_the_environment_that_it_is_given_and_no_more()
    {
        (await RunAsync(HostCommand.Alone(folder, SearchPath.System), "env")).ShouldBe(0);
        said.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Order().ShouldBe(
            [$"HOME={folder}", "LANG=C.UTF-8", $"PATH={SearchPath.System}", "PYTHONDONTWRITEBYTECODE=1",
                $"TMPDIR={folder}", "TZ=UTC"]);
    }

    [Fact]
    public async Task Its_program_is_looked_up_in_its_own_path()
    {
        var program = Path.Combine(folder, "only-here");
        File.WriteAllText(program, "#!/bin/sh\necho found; exit 3\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        (await RunAsync(HostCommand.Alone(folder, folder), "only-here")).ShouldBe(3);
        said.ToString().ShouldBe("found\n");
        (await Should.ThrowAsync<FileNotFoundException>(RunAsync(HostCommand.Alone(folder, folder), "env")))
            .Message.ShouldContain(folder);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(0.1)]
    public async Task At_its_limit_it_is_killed_with_its_children(double seconds)
    {
        var command = new HostCommand(["sh", "-c", "sleep 606 & echo $!; wait"], folder,
            HostCommand.Alone(folder, SearchPath.System))
        { Runner = Runner, Seconds = seconds, Output = PipeTarget.ToStringBuilder(said) };
        (await command.RunAsync(TestContext.Current.CancellationToken)).ShouldBeNull();
        // Within the shorter time limit, the shell may not have reached its first command.
        if (said.ToString().Trim() is { Length: > 0 } child)
            SpinWait.SpinUntil(() => !File.Exists($"/proc/{child}/cmdline")
                || File.ReadAllText($"/proc/{child}/cmdline").Length == 0, TimeSpan.FromSeconds(20))
                .ShouldBeTrue(child);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("kill -11 $$", 128 + 11)]
    [InlineData("exit 130", 130)]
    [InlineData("sleep 1000", null)]
    public async Task However_it_ends_no_process_of_it_is_left(string end, int? code)
    {
        var mark = Guid.NewGuid().ToString("N");
        var environment = HostCommand.Alone(folder, SearchPath.System);
        environment["MARK"] = mark;
        // The command leaves one child whose parent has ended, and one in a session of its own that ignores signals and
        // keeps the streams open.
        var command = new HostCommand(["sh", "-c",
            "(sleep 1000 &); setsid sh -c \"trap '' TERM INT HUP; touch ready; while :; do sleep 1; done\" & "
                + $"until [ -e ready ]; do sleep 0.01; done; {end}"], folder, environment)
        { Runner = Runner, Seconds = code is null ? 3 : 60 };
        (await command.RunAsync(TestContext.Current.CancellationToken)).ShouldBe(code);
        File.Exists(Path.Combine(folder, "ready")).ShouldBeTrue();
        Alive(mark).ShouldBe(0);
    }

    [Fact]
    public async Task When_it_is_cancelled_no_process_of_it_is_left()
    {
        var mark = Guid.NewGuid().ToString("N");
        var environment = HostCommand.Alone(folder, SearchPath.System);
        environment["MARK"] = mark;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = new HostCommand(["sh", "-c", "(setsid sleep 1000 &); touch ready; sleep 1000"], folder,
            environment)
        { Runner = Runner }.RunAsync(stop.Token);
        SpinWait.SpinUntil(() => File.Exists(Path.Combine(folder, "ready")), TimeSpan.FromSeconds(30)).ShouldBeTrue();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
        Alive(mark).ShouldBe(0);
    }

    [Fact]
    public async Task What_cannot_be_started_is_told_in_words()
    {
        var script = Path.Combine(folder, "script");
        File.WriteAllText(script, "#!/no/such/interpreter\n");
        (await Should.ThrowAsync<FileNotFoundException>(RunAsync(HostCommand.Alone(folder, folder), script)))
            .Message.ShouldContain("ermission denied");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        (await Should.ThrowAsync<FileNotFoundException>(RunAsync(HostCommand.Alone(folder, folder), script)))
            .Message.ShouldContain("the interpreter that");
    }

    private static int Alive(string mark) => Directory.EnumerateDirectories("/proc").Count(process =>
    {
        try
        {
            return File.ReadAllText(process + "/environ").Contains(mark, StringComparison.Ordinal)
                && !File.ReadAllText(process + "/stat").Contains(") Z", StringComparison.Ordinal);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    [Fact]
    public void Commands_of_authors_are_started_in_no_other_way()
    {
        var core = Path.Combine(ItemsOfFile.Repository, "src/Core");
        var files = Directory.EnumerateFiles(core, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal)
                && File.ReadAllText(file).Contains("Cli" + ".Wrap(", StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(core, file)).ToList();
        files.ShouldContain("Tools/HostCommand.cs");
        // The rooms that start commands of authors; other rooms start other programs, such as git.
        files.Where(file => file.StartsWith("Figures/", StringComparison.Ordinal)
            || file.StartsWith("Experiments/", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private Task<int?> RunAsync(Dictionary<string, string> environment, params string[] command) =>
        new HostCommand(command, folder, environment)
        {
            Runner = Runner,
            Output = PipeTarget.ToStringBuilder(said),
        }
            .RunAsync(TestContext.Current.CancellationToken);
}
