using System.Text;
using CliWrap;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Machines;

/// <summary>The connection to a machine broke, or could not be made again; what runs there goes on.</summary>
internal sealed class ConnectionLostException(string message, Diagnostic diagnostic) : Exception(message)
{
    /// <summary>The diagnostic for a user who does not want to wait.</summary>
    public Diagnostic Diagnostic => diagnostic;
}

/// <summary>
/// The way to a machine by the <c>ssh</c> command of OpenSSH, with the configuration, keys, agent, jump hosts and known
/// hosts of the user. Nothing asks for a password. Commands share one connection where ssh can do that.
/// </summary>
/// <param name="program">Absolute path of the ssh command.</param>
/// <param name="machine">The machine.</param>
internal sealed class SshConnection(string program, MachineDeclaration machine) : IAsyncDisposable
{
    // The exit code of ssh itself, and the least one of a command that a signal ended.
    private const int Ssh = 255, Signal = 128;
    private const int MostWords = 400;

    // The path of a socket has at most about a hundred characters, which a temporary folder of a user may exceed.
    private readonly string? sockets = OperatingSystem.IsWindows() ? null : MakeFolder();

    private IEnumerable<string> Options =>
    [
        "-o", "BatchMode=yes", "-o", "ConnectTimeout=20", "-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=4",
        .. sockets is null ? Array.Empty<string>()
            : ["-o", "ControlMaster=auto", "-o", $"ControlPath={sockets}/%C", "-o", "ControlPersist=60"],
    ];

    /// <summary>Finds the ssh command.</summary>
    /// <exception cref="DiagnosticException">There is none.</exception>
    public static SshConnection To(MachineDeclaration machine, IReadOnlyList<string> searchPath) =>
        new(searchPath.Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "ssh.exe" : "ssh"))
            .FirstOrDefault(File.Exists)
            ?? throw MachineRules.NoSsh.Error(machine.Item.Where, machine.Name), machine);

    /// <summary>Runs a command of the login shell on the machine.</summary>
    /// <param name="command">The command, in words that every shell takes literally.</param>
    /// <param name="input">The standard input of the command.</param>
    /// <param name="output">Where its standard output goes.</param>
    /// <param name="cancellation">Ends ssh, not what it has started there in a session of its own.</param>
    /// <returns>The exit code of the command, and what it wrote on standard error.</returns>
    /// <exception cref="DiagnosticException">The machine refuses the connection.</exception>
    /// <exception cref="ConnectionLostException">There is no connection, or it broke.</exception>
    public async Task<(int ExitCode, string Error)> RunAsync(string command, PipeSource input, PipeTarget output,
        CancellationToken cancellation)
    {
        var words = new StringBuilder();
        var result = await Cli.Wrap(program)
            .WithArguments([.. Options, "--", machine.Address, command])
            .WithEnvironmentVariables(new Dictionary<string, string?> { ["LC_ALL"] = "C" })
            .WithValidation(CommandResultValidation.None)
            .WithStandardInputPipe(input).WithStandardOutputPipe(output)
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(words))
            .ExecuteAsync(cancellation).ConfigureAwait(false);
        var error = Shortened(words.ToString());
        if (result.ExitCode is >= 0 and < Signal)
            return (result.ExitCode, error);
        cancellation.ThrowIfCancellationRequested();
        throw result.ExitCode == Ssh ? Problem(error)
            : new ConnectionLostException($"ssh was ended by signal {Math.Abs(result.ExitCode) % Signal}",
                MachineRules.Unreachable.At(machine.Item.Where, machine.Name, machine.Address, "ssh was killed"));
    }

    /// <summary>Ends the shared connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (sockets is null)
            return;
        foreach (var _ in Directory.EnumerateFileSystemEntries(sockets).Take(1))
            await Cli.Wrap(program).WithArguments([.. Options, "-O", "exit", "--", machine.Address])
                .WithValidation(CommandResultValidation.None).ExecuteAsync().ConfigureAwait(false);
        FolderRemoval.Remove(sockets);
    }

    private Exception Problem(string error)
    {
        var where = machine.Item.Where;
        string[] ofKey = ["Host key verification failed", "HOST IDENTIFICATION HAS CHANGED", "host key is known"];
        string[] ofUser = ["Permission denied", "Too many authentication failures", "no matching host key"];
        if (ofKey.Any(text => error.Contains(text, StringComparison.Ordinal)))
            return MachineRules.HostKey.Error(where, machine.Name, machine.Address, error);
        if (ofUser.Any(text => error.Contains(text, StringComparison.Ordinal)))
            return MachineRules.Denied.Error(where, machine.Name, machine.Address, error);
        var words = error.Length > 0 ? error : "the connection was closed";
        return new ConnectionLostException(words,
            MachineRules.Unreachable.At(where, machine.Name, machine.Address, words));
    }

    // The last lines say why.
    private static string Shortened(string text)
    {
        var line = PlainText.Line(text.Trim().ReplaceLineEndings(" ")).TrimEnd('.', ' ');
        return line.Length <= MostWords ? line : "..." + line[^MostWords..];
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static string MakeFolder()
    {
        var temporary = Path.GetTempPath().Length <= 30 || !Directory.Exists("/tmp") ? Path.GetTempPath() : "/tmp";
        var folder = Path.Combine(temporary, "va-" + Guid.NewGuid().ToString("N")[..12]);
        Directory.CreateDirectory(folder,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return folder;
    }
}
