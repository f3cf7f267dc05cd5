using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Verus.Artifact.Common;

/// <summary>Finds unused ports, going on from the previous one, so that two calls return different ports.</summary>
/// <remarks>The ports are below the range that the kernel uses for outgoing connections. A port in that range could be
/// taken before the service binds it, and a program that connects to it too early could even connect to
/// itself.</remarks>
public static class FreePorts
{
    private const int First = 10_000;
    private const int DefaultEnd = 32_768;
    private static readonly int End = KernelsFirst();
    private static int handedOut = Random.Shared.Next(End - First);

    /// <summary>Returns a port that was free a moment ago.</summary>
    /// <exception cref="IOException">No port is free.</exception>
    public static int Next()
    {
        for (var look = First; look < End; look++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref handedOut) % (End - First));
            if (IsFree(port))
                return port;
        }
        throw new IOException($"all ports from {First} to {End - 1} are in use");
    }

    // The socket is bound but does not listen, so nobody can connect.
    private static bool IsFree(int port)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // The content looks like "32768   60999". If an administrator lowered the limit almost to our range, the two
    // overlap.
    private static int KernelsFirst()
    {
        const string Range = "/proc/sys/net/ipv4/ip_local_port_range";
        return File.Exists(Range)
            && int.TryParse(File.ReadAllText(Range).Split('\t', ' ')[0], CultureInfo.InvariantCulture, out var first)
            && first > First + 1000 ? first : DefaultEnd;
    }
}
