using System.Net;
using System.Net.Sockets;
using System.Text;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>The services of a job, which are started before the measured command and always stopped after it.</summary>
internal sealed class Services(JobSpec job, Children children)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);
    private const double GraceWhenCancelled = 0.5;
    private readonly List<(ServiceSpec Spec, int Process)> running = [];

    /// <summary>
    /// Starts all services in order, each when the previous service is ready; returns the service that failed to start,
    /// and why.
    /// </summary>
    public (StartFailure Why, CommandSpec Of)? Start(Stop stop)
    {
        foreach (var spec in job.Services)
        {
            if (spec.ReadyPort is { } port && Accepts(port))
                return Failed(
                    $"Service '{spec.Name}' was not started: another program listens on its port {port} already.");
            var (process, failure) = Launch.Start(spec.Command, job.Id);
            if (failure is not null)
                return Failed($"Service '{spec.Name}': {failure.Sentence}", failure.Error);
            running.Add((spec, process));
            children.AddService(process);
            if (WaitUntilReady(spec, stop) is { } problem)
                return Failed(problem);

            (StartFailure, CommandSpec)? Failed(string why, int error = 0) =>
                (new StartFailure(why, error), spec.Command);
        }
        return null;
    }

    /// <summary>
    /// Returns a service that has ended, and a sentence about it with its last output; null when all services are
    /// alive.
    /// </summary>
    public (string Why, CommandSpec Of)? Dead()
    {
        foreach (var (spec, process) in running)
            if (children.EndOf(process) is { } end)
                return ($"Service '{spec.Name}' ended before the measured command did "
                    + $"({end}{(end == Children.Success ? "; a service must stay in the foreground" : "")}). "
                    + LastWords.Of(spec.Command), spec.Command);
        return null;
    }

    /// <summary>Asks all services to end, and waits for their end as long as the job allows, without killing
    /// them.</summary>
    public void Stop(Stop stop)
    {
        if (running.Count == 0)
            return;
        // When services are stopped, only they and their descendants are left of the job's processes.
        var members = ProcessTree.Members(job.Id, []);
        ProcessTree.Signal(members, Native.SigTerm);
        ProcessTree.Signal(members, Native.SigContinue);
        var begin = Native.Now();
        while (Native.Now() - begin
            < (stop.Requested ? Math.Min(GraceWhenCancelled, job.KillGraceSeconds) : job.KillGraceSeconds)
            && ProcessTree.Members(job.Id, []).Count > 0)
            Thread.Sleep(PollInterval);
    }

    private string? WaitUntilReady(ServiceSpec spec, Stop stop)
    {
        var deadline = Native.Now() + spec.ReadyTimeoutSeconds;
        TextSearch[] texts = spec.ReadyText is { } wanted
            ? [new TextSearch(spec.Command.StandardOutput, wanted), new TextSearch(spec.Command.StandardError, wanted)]
            : [];
        while (true)
        {
            // The time is read before the service is checked: if the runner was stopped past the limit, the service is
            // checked once more.
            var isLate = Native.Now() > deadline;
            if ((texts.Length == 0 || Array.Exists(texts, text => text.IsFound()))
                && (spec.ReadyPort is not { } port || Accepts(port)))
                return EndOfAny();
            if (stop.Requested)
                return "Stopped.";
            if (EndOfAny() is { } dead)
                return dead;
            if (isLate)
                return FormattableString.Invariant(
                    $"Service '{spec.Name}' {JobResult.NotReadyWords} {spec.ReadyTimeoutSeconds:0.###} s. ")
                    + LastWords.Of(spec.Command);
            Thread.Sleep(PollInterval);
        }
    }

    // A sentence on how a service ended; null while all services run.
    private string? EndOfAny()
    {
        children.CheckServices();
        return Dead()?.Why;
    }

    private static bool Accepts(int port) => Accepts(IPAddress.Loopback, port) || Accepts(IPAddress.IPv6Loopback, port);

    private static bool Accepts(IPAddress address, int port)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream,
                ProtocolType.Tcp)
            { Blocking = false };
            try
            {
                socket.Connect(address, port);
                return true;
            }
            catch (SocketException problem) when (problem.SocketErrorCode is SocketError.WouldBlock
                or SocketError.InProgress)
            {
                // On loopback, a connection that is not accepted at once means a full queue; waiting for it must not
                // delay the time limit.
                return socket.Poll(PollInterval, SelectMode.SelectWrite)
                    && (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! == 0;
            }
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Searches for a text in a growing file, reading each part of it once.</summary>
    private sealed class TextSearch(string file, string text)
    {
        private readonly byte[] wanted = Encoding.UTF8.GetBytes(text);
        private byte[] tail = [];
        private long position;
        private bool found;

        public bool IsFound()
        {
            try
            {
                using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite,
                    bufferSize: 0);
                stream.Position = position;
                var buffer = new byte[64 << 10];
                for (var count = stream.Read(buffer); count > 0 && !found; count = stream.Read(buffer))
                {
                    position += count;
                    byte[] seen = [.. tail, .. buffer.AsSpan(0, count)];
                    found = seen.AsSpan().IndexOf(wanted) >= 0;
                    tail = seen[Math.Max(0, seen.Length - wanted.Length + 1)..];
                }
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                // If the output file does not exist yet, or the service removed it, the text is not found and the time
                // limit decides.
            }
            return found;
        }
    }
}
