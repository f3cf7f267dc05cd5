using System.Text;
using CliWrap;
using Verus.Artifact.Common;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Tests.Tools;

/// <summary>One piece starts the commands of authors on this machine: steps of builds, figures, readers.</summary>
public sealed class HostCommandSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("host-command-").FullName;
    private readonly StringBuilder said = new();

    public void Dispose() => FolderRemoval.Remove(folder);

    [Fact]
    public async Task It_has_the_environment_that_it_is_given_and_no_more()
    {
        (await RunAsync(HostCommand.Alone(folder, SearchPath.System), "env")).ShouldBe(0);
        said.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Order().ShouldBe(
            [$"HOME={folder}", "LANG=C.UTF-8", $"PATH={SearchPath.System}", $"TMPDIR={folder}", "TZ=UTC"]);
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
        { Seconds = seconds, Output = PipeTarget.ToStringBuilder(said) };
        (await command.RunAsync(TestContext.Current.CancellationToken)).ShouldBeNull();
        // Within the shorter limit, the shell may not have come to its first command.
        if (said.ToString().Trim() is { Length: > 0 } child)
            SpinWait.SpinUntil(() => !File.Exists($"/proc/{child}/cmdline")
                || File.ReadAllText($"/proc/{child}/cmdline").Length == 0, TimeSpan.FromSeconds(20))
                .ShouldBeTrue(child);
    }

    [Fact]
    public void Commands_of_authors_are_started_in_no_other_way()
    {
        var core = Path.Combine(ItemsOfFile.Repository, "src/Core");
        var files = Directory.EnumerateFiles(core, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal)
                && File.ReadAllText(file).Contains("Cli" + ".Wrap(", StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(core, file)).ToList();
        files.ShouldContain("Tools/HostCommand.cs");
        // The rooms of commands of authors; other rooms start programs of their own, such as git.
        files.Where(file => file.StartsWith("Figures/", StringComparison.Ordinal)
            || file.StartsWith("Experiments/", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private Task<int?> RunAsync(Dictionary<string, string> environment, params string[] command) =>
        new HostCommand(command, folder, environment) { Output = PipeTarget.ToStringBuilder(said) }
            .RunAsync(TestContext.Current.CancellationToken);
}
