using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Verus.Artifact.Common;

/// <summary>Finds unused network ports, each call continuing after the previous result, so that two calls return
/// different ports.</summary>
/// <remarks>The ports that this class returns are below the range that the kernel uses for outgoing connections. A port
/// in the range for outgoing connections could be taken before the service binds it, and a program that connects to it
/// too early could even connect to itself.</remarks>
public static class FreePorts
{
    private const int First = 10_000;
    private const int DefaultEnd = 32_768;
    private static readonly int End = KernelsFirst();
    private static int handedOut = Random.Shared.Next(End - First);

    /// <summary>Returns a network port that was unused when it was checked.</summary>
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

    // While a port is checked, the socket is bound but does not listen, so that no program can connect to it.
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

    // The kernel's file contains its port range in a form such as "32768 60999". If an administrator lowered the start
    // of that range too far, it overlaps the ports of this class.
    private static int KernelsFirst()
    {
        const string Range = "/proc/sys/net/ipv4/ip_local_port_range";
        return File.Exists(Range)
            && int.TryParse(File.ReadAllText(Range).Split('\t', ' ')[0], CultureInfo.InvariantCulture, out var first)
            && first > First + 1000 ? first : DefaultEnd;
    }
}
