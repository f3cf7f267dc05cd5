using System.Net;
using System.Net.Sockets;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>The services of a job: started before the measured command, stopped after it whatever happens.</summary>
internal sealed class Services(JobSpec job)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);
    private readonly List<(ServiceSpec Spec, int Process)> running = [];

    /// <summary>Their process ids.</summary>
    public IReadOnlyList<int> Processes => [.. running.Select(service => service.Process)];

    /// <summary>Starts all in order, each when the one before is ready; a sentence when one is not.</summary>
    public string? Start(Stop stop)
    {
        foreach (var spec in job.Services)
        {
            var (process, error) = Launch.Start(spec.Command, job.Id);
            if (error is not null)
                return $"Service '{spec.Name}': {error}";
            running.Add((spec, process));
            if (WaitUntilReady(spec, stop) is { } problem)
                return problem;
        }
        return null;
    }

    /// <summary>A sentence on a service that has ended, with its last words; null when all are alive.</summary>
    public string? Dead()
    {
        foreach (var (spec, process) in running)
            if (!IsAlive(process))
                return $"Service '{spec.Name}' ended before the measured command did. {LastWords(spec)}";
        return null;
    }

    /// <summary>Asks all to end, last one first, and kills those that do not.</summary>
    public void Stop()
    {
        foreach (var (_, process) in Enumerable.Reverse(running))
            Native.Kill(process, Native.SigTerm);
        var deadline = Native.Now() + job.KillGraceSeconds;
        while (running.Exists(service => IsAlive(service.Process)) && Native.Now() < deadline)
            Thread.Sleep(Look);
    }

    private string? WaitUntilReady(ServiceSpec spec, Stop stop)
    {
        var deadline = Native.Now() + spec.ReadyTimeoutSeconds;
        while (!IsReady(spec))
        {
            if (stop.Requested)
                return "Stopped.";
            if (Dead() is { } dead)
                return dead;
            if (Native.Now() > deadline)
                return FormattableString.Invariant($"Service '{spec.Name}' was not ready within {spec.ReadyTimeoutSeconds:0.###} s. {LastWords(spec)}");
            Thread.Sleep(Look);
        }
        return Dead();
    }

    private static bool IsReady(ServiceSpec spec) =>
        (spec.ReadyText is not { } text || Text(spec.Command.StandardOutput).Contains(text) || Text(spec.Command.StandardError).Contains(text))
        && (spec.ReadyPort is not { } port || Accepts(port));

    private static bool Accepts(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static bool IsAlive(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string LastWords(ServiceSpec spec)
    {
        var lines = (Text(spec.Command.StandardOutput) + "\n" + Text(spec.Command.StandardError)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Length == 0 ? "It said nothing." : $"Its last words: {string.Join(" | ", lines.TakeLast(5))}";
    }

    private static string Text(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
