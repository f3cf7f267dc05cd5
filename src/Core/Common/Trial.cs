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
    /// <param name="command">The command, which gets an empty standard input.</param>
    /// <param name="patience">The time.</param>
    public static async Task<bool> SucceedsAsync(Command command, TimeSpan patience)
    {
        using var stop = new CancellationTokenSource(patience);
        try
        {
            return (await command.WithValidation(CommandResultValidation.None).ExecuteAsync(stop.Token)
                .ConfigureAwait(false)).ExitCode == 0;
        }
        catch (Exception problem) when (problem is Win32Exception or InvalidOperationException or IOException
            or OperationCanceledException)
        {
            return false;
        }
    }
}
