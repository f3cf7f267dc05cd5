using System.Globalization;
using System.Text;
using CliWrap;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Machines;

/// <summary>How far the evaluation on a machine is.</summary>
/// <param name="State">Whether it runs, has ended, was killed from outside, or never was.</param>
/// <param name="ExitCode">The exit code of an evaluation that has ended.</param>
/// <param name="Call">What was evaluated, as a hash.</param>
/// <param name="JournalSize">The size of its journal in bytes.</param>
/// <param name="IsCollected">Whether its results were taken.</param>
/// <param name="Output">What the evaluation printed since the offset that was asked for.</param>
internal sealed record RemoteStatus(RemoteState State, int ExitCode, string Call, long JournalSize, bool IsCollected,
    byte[] Output);

/// <summary>The state of the evaluation on a machine.</summary>
internal enum RemoteState
{
    /// <summary>Nothing was started there.</summary>
    None,
    /// <summary>It runs.</summary>
    Running,
    /// <summary>It has ended.</summary>
    Ended,
    /// <summary>It was killed, or its machine was started anew.</summary>
    Died,
}

/// <summary>What a machine says of itself.</summary>
/// <param name="Identity">A random name of the folder there, which another machine does not have.</param>
/// <param name="System">Its system and processor.</param>
/// <param name="Clock">Its clock, in seconds since 1970.</param>
/// <param name="Missing">Programs that it lacks.</param>
internal sealed record RemoteFacts(string Identity, string System, long Clock, string Missing);

/// <summary>
/// The folder of an evaluation on a machine, with the script that works in it, <c>machine.sh</c>. All paths and words
/// that a login shell sees are free of signs that have a meaning to a shell.
/// </summary>
/// <param name="ssh">The connection.</param>
/// <param name="machine">The machine.</param>
/// <param name="name">Name of the folder, below a folder of the user's home.</param>
internal sealed class RemoteFolder(SshConnection ssh, MachineDeclaration machine, string name)
{
    private const string Mark = "@verus-artifact@\n";
    private readonly string folder = $".verus-artifact/{name}";

    /// <summary>Makes the folder and brings its script.</summary>
    public async Task PrepareAsync(CancellationToken cancellation)
    {
        var script = Resource("machine.sh");
        var (code, error) = await ssh.RunAsync($"sh -c 'umask 077; mkdir -p {folder} && cat > {folder}/machine.new && "
            + $"mv {folder}/machine.new {folder}/machine.sh'", PipeSource.FromBytes(script), PipeTarget.Null,
            cancellation).ConfigureAwait(false);
        if (code != 0)
            throw Failed("making a folder", error, code);
    }

    /// <summary>Whether the folder is there.</summary>
    public async Task<bool> IsThereAsync(CancellationToken cancellation) =>
        (await ssh.RunAsync($"test -e {folder}/machine.sh", PipeSource.Null, PipeTarget.Null, cancellation)
            .ConfigureAwait(false)).ExitCode == 0;

    /// <summary>Asks the machine about itself.</summary>
    public async Task<RemoteFacts> FactsAsync(CancellationToken cancellation) =>
        Encoding.UTF8.GetString(await CallAsync("facts", PipeSource.Null, cancellation).ConfigureAwait(false))
            .Split('\n') is [var identity, var system, var clock, var missing, ..]
            && long.TryParse(clock, CultureInfo.InvariantCulture, out var seconds)
            ? new RemoteFacts(identity, system, seconds, missing.Trim())
            : throw Failed("asking the machine about itself", "it gave no answer", 0);

    /// <summary>Asks for the state of the evaluation, and for what it printed.</summary>
    public async Task<RemoteStatus> StatusAsync(long offset, CancellationToken cancellation)
    {
        var answer = await CallAsync($"status {offset}", PipeSource.Null, cancellation).ConfigureAwait(false);
        var end = Array.IndexOf(answer, (byte)'\n');
        var words = Encoding.ASCII.GetString(answer, 0, Math.Max(0, end)).Split(' ');
        if (words is not [var state, var code, var call, _, var journal, var collected]
            || !Enum.TryParse<RemoteState>(state, ignoreCase: true, out var known))
            throw Failed("asking for the state", "it gave no answer", 0);
        return new RemoteStatus(known, int.TryParse(code, CultureInfo.InvariantCulture, out var number) ? number : 0,
            call, long.Parse(journal, CultureInfo.InvariantCulture), collected == "collected", answer[(end + 1)..]);
    }

    /// <summary>Calls the script, and returns what it wrote on standard output.</summary>
    /// <exception cref="DiagnosticException">The script failed.</exception>
    /// <exception cref="ConnectionLostException">The connection broke.</exception>
    public async Task<byte[]> CallAsync(string call, PipeSource input, CancellationToken cancellation)
    {
        using var output = new MemoryStream();
        var (code, error) = await RunAsync(call, input, PipeTarget.ToStream(output), cancellation)
            .ConfigureAwait(false);
        if (code != 0)
            throw Failed($"'{call.Split(' ')[0]}'", error, code);
        output.Position = 0;
        SkipMark(output);
        return output.ToArray()[(int)output.Position..];
    }

    /// <summary>Calls the script, and returns what it wrote as an open file that disappears when it is
    /// closed.</summary>
    public async Task<FileStream> CallToFileAsync(string call, PipeSource input, string file,
        CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var stream = new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read | FileShare.Delete,
            Options = FileOptions.DeleteOnClose,
        });
        try
        {
            var (code, error) = await RunAsync(call, input, PipeTarget.ToStream(stream), cancellation)
                .ConfigureAwait(false);
            if (code != 0)
                throw Failed($"'{call.Split(' ')[0]}'", error, code);
            stream.Position = 0;
            SkipMark(stream);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Calls the script, and passes each line that it writes on.</summary>
    public async Task<int> CallAloudAsync(string call, Action<string> line, CancellationToken cancellation)
    {
        var isOurs = false;
        var (code, _) = await RunAsync(call, PipeSource.Null, PipeTarget.ToDelegate(text =>
        {
            if (isOurs)
                line(text);
            isOurs |= text == Mark.TrimEnd();
        }), cancellation).ConfigureAwait(false);
        return code;
    }

    /// <summary>The text of a file that is part of the SDK.</summary>
    public static byte[] Resource(string file)
    {
        using var stream = typeof(RemoteFolder).Assembly.GetManifestResourceStream(file)!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private Task<(int ExitCode, string Error)> RunAsync(string call, PipeSource input, PipeTarget output,
        CancellationToken cancellation) =>
        ssh.RunAsync($"sh {folder}/machine.sh {call}", input, output, cancellation);

    private DiagnosticException Failed(string what, string error, int code) => MachineRules.StepFailed.Error(
        machine.Item.Where, machine.Name, machine.Address, what,
        error.Length > 0 ? error : $"exit code {code.ToString(CultureInfo.InvariantCulture)}");

    // Leaves the stream behind the mark.
    private void SkipMark(Stream stream)
    {
        var mark = Encoding.ASCII.GetBytes(Mark);
        var matched = 0;
        while (matched < mark.Length)
        {
            var next = stream.ReadByte();
            if (next < 0)
                throw Failed("calling the script", "it gave no answer", 0);
            matched = next == mark[matched] ? matched + 1 : next == mark[0] ? 1 : 0;
        }
    }
}
