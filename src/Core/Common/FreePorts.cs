using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Verus.Artifact.Common;

/// <summary>Finds ports that nobody uses, one after the other, so that two calls differ.</summary>
/// <remarks>
/// They are below those that the kernel gives to outgoing connections: one of these may be gone before the service
/// binds it, and a program that connects to it too early may even meet itself.
/// </remarks>
public static class FreePorts
{
    private const int First = 10_000;
    private const int DefaultEnd = 32_768;
    private static readonly int End = KernelsFirst();
    private static int handedOut = Random.Shared.Next(End - First);

    /// <summary>A port that was free a moment ago.</summary>
    /// <exception cref="IOException">There is none.</exception>
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

    // Bound but not listening: nobody can connect.
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

    // "32768	60999"; where an administrator lowered it nearly to ours, the two overlap.
    private static int KernelsFirst()
    {
        const string Range = "/proc/sys/net/ipv4/ip_local_port_range";
        return File.Exists(Range)
            && int.TryParse(File.ReadAllText(Range).Split('\t', ' ')[0], CultureInfo.InvariantCulture, out var first)
            && first > First + 1000 ? first : DefaultEnd;
    }
}
