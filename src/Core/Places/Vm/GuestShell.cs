using System.Formats.Tar;
using System.Net.Sockets;
using Renci.SshNet.Common;
using Renci.SshNet;
using Verus.Artifact.Common;

namespace Verus.Artifact.Places.Vm;

/// <summary>The result of a command in a guest: how it ended.</summary>
internal sealed record GuestResult(int ExitCode, string Output, string Error);

/// <summary>
/// Runs commands and transfers files over SSH. Files are transferred as archives: every guest has tar, measured
/// programs then read the guest's own disk, and no share has to be maintained. The guest's key is not checked, since
/// the port belongs to the QEMU that this process started.
/// </summary>
internal sealed class GuestShell : IDisposable
{
    private static readonly TimeSpan Handshake = TimeSpan.FromSeconds(10);
    private readonly SshClient client;

    private GuestShell(SshClient client) => this.client = client;

    /// <summary>
    /// Connects to a guest; returns the problem instead of a shell when no server answers yet, or when the guest does
    /// not know the key yet.
    /// </summary>
    public static async Task<(GuestShell? Shell, string Problem)> TryConnectAsync(int port, GuestKey key,
        CancellationToken cancellation)
    {
        var client = new SshClient(new ConnectionInfo("127.0.0.1", port, "root",
            new PrivateKeyAuthenticationMethod("root", key.ForClient()))
        { Timeout = Handshake });
        try
        {
            await client.ConnectAsync(cancellation).WaitAsync(cancellation).ConfigureAwait(false);
            return (new GuestShell(client), "");
        }
        catch (Exception problem) when (IsNetwork(problem))
        {
            client.Dispose();
            return (null, problem.Message);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Whether a problem concerns the connection rather than the command.</summary>
    public static bool IsNetwork(Exception problem) =>
        problem is SshException or SocketException or IOException or TimeoutException or ObjectDisposedException;

    /// <summary>
    /// Runs a command in the guest to its end. After <paramref name="input"/> the command's standard input stays open
    /// without further data until the connection ends, so that the command notices when this process is gone.
    /// </summary>
    public async Task<GuestResult> RunAsync(string command, CancellationToken cancellation, byte[]? input = null)
    {
        using var remote = client.CreateCommand(command);
        var run = remote.ExecuteAsync(cancellation);
        await using var stream = input is null ? null : remote.CreateInputStream();
        if (stream is not null)
        {
            await stream.WriteAsync(input, cancellation).ConfigureAwait(false);
            await stream.FlushAsync(cancellation).ConfigureAwait(false);
        }
        await run.WaitAsync(cancellation).ConfigureAwait(false);
        return new GuestResult(remote.ExitStatus ?? -1, remote.Result, remote.Error);
    }

    /// <summary>Copies files and folders of this machine to the guest, each to the same absolute path.</summary>
    /// <exception cref="IOException">The guest could not unpack the files.</exception>
    public async Task UploadAsync(IEnumerable<(string Path, string RemotePath)> entries, CancellationToken cancellation)
    {
        using var remote = client.CreateCommand("tar -x -o -C / -f -");
        var run = remote.ExecuteAsync(cancellation);
        await using (var input = remote.CreateInputStream())
        await using (var archive = new TarWriter(input, TarEntryFormat.Gnu))
            foreach (var (path, there) in entries)
                await archive.WriteEntryAsync(path, there.TrimStart('/'), cancellation).ConfigureAwait(false);
        await run.WaitAsync(cancellation).ConfigureAwait(false);
        if (remote.ExitStatus != 0)
            throw new IOException($"the guest could not unpack its inputs: {remote.Error.Trim()}");
    }

    /// <summary>
    /// Copies files and folders below a folder of the guest into the same folder on this machine; see <see
    /// cref="GuestArchive"/>.
    /// </summary>
    /// <exception cref="IOException">A file does not exist or could not be written.</exception>
    /// <exception cref="InvalidDataException">The guest sent an archive that is refused.</exception>
    public async Task DownloadAsync(string folder, IEnumerable<string> names, CancellationToken cancellation)
    {
        using var remote = client.CreateCommand(
            $"tar -c -C {CommandLine.Quote(folder)} -f - {CommandLine.Join(names)}");
        var run = remote.ExecuteAsync(cancellation);
        await GuestArchive.UnpackAsync(remote.OutputStream, folder, cancellation).ConfigureAwait(false);
        await run.WaitAsync(cancellation).ConfigureAwait(false);
        if (remote.ExitStatus != 0)
            throw new IOException($"the guest could not pack its results: {remote.Error.Trim()}");
    }

    public void Dispose() => client.Dispose();
}
