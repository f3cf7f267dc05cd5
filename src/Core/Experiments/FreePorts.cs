using System.Net;
using System.Net.Sockets;

namespace Verus.Artifact.Experiments;

/// <summary>Finds ports on loopback that nobody uses.</summary>
public static class FreePorts
{
    /// <summary>A port that was free a moment ago; the kernel hands them out in turn, so two calls differ.</summary>
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
