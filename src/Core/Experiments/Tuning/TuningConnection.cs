using System.Diagnostics;
using System.Text.Json;
using Verus.Artifact.Common;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Experiments.Tuning;

/// <summary>
/// A running tuning helper (the verb <c>tune</c> of the runner) and the pipes to it. The tuning helper runs as root; if
/// this process does not, <c>sudo</c> starts the helper without asking for a password. When the pipe to the helper is
/// closed, or this process ends in any way, the helper restores the machine and ends.
/// </summary>
internal sealed class TuningConnection : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    // The time that the helper has to end, since taking many CPUs back into service takes seconds.
    private static readonly TimeSpan PatienceToRestore = TimeSpan.FromMinutes(2);
    private readonly Process process;
    private readonly Task<string> errors;

    private TuningConnection(Process process) =>
        (this.process, errors) = (process, process.StandardError.ReadToEndAsync());

    /// <summary>Whether the tuning helper still runs.</summary>
    public bool IsOpen => !process.HasExited;

    /// <summary>Starts a tuning helper.</summary>
    /// <param name="runner">Absolute path of the runner.</param>
    /// <param name="root">Root of the file system with the files of the kernel.</param>
    /// <exception cref="IOException">No helper can be started; the message of the exception says why.</exception>
    public static TuningConnection Open(string runner, string root)
    {
        return new TuningConnection(Start(Command(runner, root, "-n", "--")));
    }

    /// <summary>Whether <c>sudo</c> would start a helper now without asking for a password.</summary>
    /// <param name="runner">Absolute path of the runner.</param>
    /// <param name="root">Root of the file system with the files of the kernel.</param>
    public static bool CouldOpen(string runner, string root)
    {
        if (IsDirect(root))
            return true;
        var start = Command(runner, root, "-n", "-l", "--");
        return Task.Run(() => Trial.SucceedsAsync(start.FileName, start.ArgumentList, Patience,
            new Dictionary<string, string?> { [TuningRecord.RootVariable] = root })).GetAwaiter().GetResult();
    }

    /// <summary>Sends a request.</summary>
    /// <exception cref="IOException">The helper is gone.</exception>
    public void Send(TuningRequest request)
    {
        process.StandardInput.Write(JsonSerializer.Serialize(request, ProtocolJson.Default.TuningRequest) + "\n");
        process.StandardInput.Flush();
    }

    /// <summary>Waits for the next line of the helper.</summary>
    /// <exception cref="IOException">The helper has ended; the message of the exception contains the end of its
    /// output.</exception>
    public async Task<TuningReply> ReceiveAsync(CancellationToken cancellation)
    {
        var line = await process.StandardOutput.ReadLineAsync(cancellation).ConfigureAwait(false)
            ?? throw new IOException(await LastWordsAsync().ConfigureAwait(false));
        try
        {
            return JsonSerializer.Deserialize(line, ProtocolJson.Default.TuningReply)
                ?? throw new IOException("the helper sent an empty answer");
        }
        catch (JsonException)
        {
            throw new IOException($"the helper sent '{PlainText.Of(line)}'");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            process.StandardInput.Dispose();
        }
        catch (IOException)
        {
            // If the helper has already ended, closing its input fails, which does not matter.
        }
        process.WaitForExit(PatienceToRestore);
        process.Dispose();
    }

    private async Task<string> LastWordsAsync()
    {
        var words = PlainText.Of((await errors.ConfigureAwait(false)).Trim());
        return words.Length > 0 ? words : "the helper ended without an answer";
    }

    private static bool IsDirect(string root) => root != "/" || Environment.IsPrivilegedProcess;

    private static ProcessStartInfo Command(string runner, string root, params string[] sudo)
    {
        var start = IsDirect(root) ? new ProcessStartInfo(runner, ["tune"])
            : new ProcessStartInfo("sudo", [.. sudo, runner, "tune"]);
        start.Environment[TuningRecord.RootVariable] = root;
        start.WorkingDirectory = "/";
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        return start;
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception problem)
        {
            throw new IOException($"'{start.FileName}' does not start: {problem.Message}", problem);
        }
    }
}
