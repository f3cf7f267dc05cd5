using System.ComponentModel;
using CliWrap;

namespace Verus.Artifact.Common;

/// <summary>
/// Tries a command of the system, such as sudo or systemd-run, before something relies on it. A command that cannot be
/// started, that fails or that does not answer does not work.
/// </summary>
internal static class Trial
{
    /// <summary>Whether a command ends with exit code 0 within a time, after which it is killed.</summary>
    /// <param name="program">The program, which gets an empty standard input.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="patience">The time.</param>
    /// <param name="environment">Environment variables beside those of this process.</param>
    public static async Task<bool> SucceedsAsync(string program, IEnumerable<string> arguments, TimeSpan patience,
        IReadOnlyDictionary<string, string?>? environment = null)
    {
        var command = Cli.Wrap(program).WithArguments(arguments).WithWorkingDirectory("/")
            .WithEnvironmentVariables(environment ?? new Dictionary<string, string?>())
            .WithValidation(CommandResultValidation.None);
        using var stop = new CancellationTokenSource(patience);
        try
        {
            return (await command.ExecuteAsync(stop.Token).ConfigureAwait(false)).ExitCode == 0;
        }
        catch (Exception problem) when (problem is Win32Exception or InvalidOperationException or IOException
            or OperationCanceledException)
        {
            return false;
        }
    }
}
