using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Places.Host;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Tests.Experiments;

/// <summary>
/// Where control groups of version 2 belong to root, the runner starts in a scope of systemd. The systemd-run of these
/// tests only writes down its arguments and starts the command, as the real one does for a scope.
/// </summary>
public sealed class DelegatedScopeSpecs : EngineFixture
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_runner_starts_in_a_scope_that_is_delegated_and_has_no_limit()
    {
        Machine("#!/bin/sh\necho \"$@\" >> \"$(dirname \"$0\")/asked\"\nwhile [ \"$1\" != -- ]; do shift; done\n"
            + "shift\nexec \"$@\"\n");
        var attempt = new Attempt(Path.Combine(Folder, "attempt"));
        Attempts.Prepare(attempt);
        var host = new HostExecutor(Runner) { Scope = Scope() };
        var result = await host.RunAsync(new JobSpec
        {
            Id = Guid.NewGuid().ToString("N"),
            Command = new CommandSpec
            {
                Arguments = ["/bin/true"],
                WorkingDirectory = Folder,
                StandardOutput = Path.Combine(attempt.Output, "stdout.txt"),
                StandardError = Path.Combine(attempt.Output, "stderr.txt"),
            },
        }, Cancellation);
        result.ExitCode.ShouldBe(0);
        var asked = await File.ReadAllLinesAsync(Path.Combine(Folder, "bin/asked"), Cancellation);
        asked.Length.ShouldBe(2, "once to see whether it works, and once for the job");
        foreach (var line in asked.AtLeastOne())
            line.ShouldStartWith("--user --scope --quiet --collect --property=Delegate=yes "
                + "--property=TasksMax=infinity");
    }

    [Theory]
    [InlineData("#!/bin/sh\nexit 1\n", true)]
    [InlineData("no program", true)]
    [InlineData("#!/bin/sh\nexit 0\n", false)]
    public async Task Where_there_is_none_the_runner_starts_by_itself(string program, bool second)
    {
        Machine(program);
        if (!second)
            File.Delete(Path.Combine(Folder, "sys/fs/cgroup/cgroup.controllers"));
        (await Scope().CommandAsync()).ShouldBeEmpty();
    }

    private DelegatedScope Scope() => new(Folder, name => name switch
    {
        "PATH" => Path.Combine(Folder, "bin"),
        "XDG_RUNTIME_DIR" => Path.Combine(Folder, "run"),
        _ => null,
    });

    private void Machine(string program)
    {
        foreach (var folder in new[] { "bin", "run/systemd", "sys/fs/cgroup" })
            Directory.CreateDirectory(Path.Combine(Folder, folder));
        File.WriteAllText(Path.Combine(Folder, "sys/fs/cgroup/cgroup.controllers"), "memory pids\n");
        File.WriteAllText(Path.Combine(Folder, "bin/systemd-run"), program);
        File.SetUnixFileMode(Path.Combine(Folder, "bin/systemd-run"), UnixFileMode.UserRead | UnixFileMode.UserWrite
            | UnixFileMode.UserExecute);
    }
}
