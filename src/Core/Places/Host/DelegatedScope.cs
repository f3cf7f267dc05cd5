using Verus.Artifact.Common;

namespace Verus.Artifact.Places.Host;

/// <summary>
/// A scope of systemd that lets the runner create control groups of version 2. The session of an ordinary user who
/// logged in over SSH belongs to root, so that nothing of the session may be moved to a group of the user's own;
/// systemd moves the runner to a scope of the user's, and delegates the scope to it.
/// </summary>
/// <param name="root">The root folder, or a tree that a test has made.</param>
/// <param name="variable">Reads an environment variable.</param>
internal sealed class DelegatedScope(string root, Func<string, string?> variable)
{
    private static readonly TimeSpan TrialTime = TimeSpan.FromSeconds(5);
    private readonly Lock asking = new();
    private Task<IReadOnlyList<string>>? found;

    /// <summary>The scope of this machine.</summary>
    public static DelegatedScope Here { get; } = new("/", Environment.GetEnvironmentVariable);

    /// <summary>
    /// The program and arguments that start a command in such a scope; empty where the command needs none or cannot
    /// have one. The answer is found once.
    /// </summary>
    public Task<IReadOnlyList<string>> CommandAsync()
    {
        lock (asking)
            return found ??= FindAsync();
    }

    // With control groups of version 1, or as a user who may write to them, the runner creates its groups by itself.
    private async Task<IReadOnlyList<string>> FindAsync()
    {
        if (!OperatingSystem.IsLinux() || (Environment.IsPrivilegedProcess && root == "/")
            || !File.Exists(Path.Combine(root, "sys/fs/cgroup/cgroup.controllers"))
            || variable("XDG_RUNTIME_DIR") is not { Length: > 0 } runtime
            || !Directory.Exists(Path.Combine(runtime, "systemd"))
            || (variable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "systemd-run"))
                .FirstOrDefault(File.Exists) is not { } program)
            return [];
        // The runner leaves no group that has a limit, and a scope has a limit of processes by default.
        string[] command = [program, "--user", "--scope", "--quiet", "--collect", "--property=Delegate=yes",
            "--property=TasksMax=infinity", "--"];
        return await Trial.SucceedsAsync(command[0], [.. command.Skip(1), "true"], TrialTime).ConfigureAwait(false)
            ? command : [];
    }
}
