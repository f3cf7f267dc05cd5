using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Verus.Artifact.Tests.Sources;

/// <summary>A git server on loopback that serves a folder of repositories.</summary>
internal sealed class GitDaemon : IDisposable
{
    private readonly Process process;
    private readonly int port;

    public GitDaemon(string folder)
    {
        Directory.CreateDirectory(folder);
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }
        string[] arguments = ["daemon", "--reuseaddr", "--export-all", "--listen=127.0.0.1", $"--port={port}",
            $"--base-path={folder}", folder];
        process = Programs.Start(new ProcessStartInfo("git", arguments) { RedirectStandardError = true });
        for (var tries = 0; tries < 200; tries++)
            try
            {
                using var client = new TcpClient("127.0.0.1", port);
                return;
            }
            catch (SocketException)
            {
                Thread.Sleep(50);
            }
    }

    public string Url(string name) => $"git://127.0.0.1:{port}/{name}";

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit(10_000);
        process.Dispose();
    }
}
