using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Verus.Artifact.Tests.Sources;

/// <summary>A server on loopback that answers each request, on a connection of its own, with the given bytes, however
/// wrong these are.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly Func<string, string> answer;

    public ScriptedServer(params string[] answers)
    {
        var next = 0;
        answer = _ => answers[Math.Min(next++, answers.Length - 1)];
        Start();
    }

    public ScriptedServer(Func<string, string> answer)
    {
        this.answer = answer;
        Start();
    }

    public string Url { get; private set; } = "";

    public List<string> Requests { get; } = [];

    /// <summary>Whether the connection stays open after the answer was sent.</summary>
    public bool IsSilentAfterwards { get; init; }

    public void Dispose()
    {
        end.Cancel();
        listener.Dispose();
        end.Dispose();
    }

    private void Start()
    {
        listener.Start();
        Url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/data.bin";
        _ = Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
                try
                {
                    using var client = await listener.AcceptTcpClientAsync(end.Token);
                    var buffer = new byte[8192];
                    var read = await client.GetStream().ReadAsync(buffer, end.Token);
                    if (read == 0)
                        continue;
                    var request = Encoding.ASCII.GetString(buffer, 0, read);
                    Requests.Add(request);
                    await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer(request)), end.Token);
                    if (IsSilentAfterwards)
                        await Task.Delay(Timeout.Infinite, end.Token);
                }
                catch (Exception problem) when (problem is IOException or SocketException or OperationCanceledException
                    or ObjectDisposedException)
                {
                    // An error means that the client has closed the connection, or that the test is over.
                }
        });
    }
}
