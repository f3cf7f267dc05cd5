using System.Globalization;
using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>The network ports that one attempt at a sample uses.</summary>
public interface IAttemptPorts
{
    /// <summary>The port number that replaces {port:name}; the number stays the same within an attempt at a
    /// sample.</summary>
    string TextOf(string name);

    /// <summary>
    /// The port number that a text stands for, whether a placeholder's value or written by an author; null when it is
    /// not a port.
    /// </summary>
    int? NumberOf(string text);
}

/// <summary>Free ports on loopback.</summary>
/// <param name="group">The ports of the services that a group of cells shares; null when there are none.</param>
internal sealed class FreeAttemptPorts(FreeAttemptPorts? group = null) : IAttemptPorts
{
    private readonly Dictionary<string, int> ports = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string TextOf(string name) => group?.ports.ContainsKey(name) == true ? group.TextOf(name)
        : (ports.TryGetValue(name, out var port) ? port : ports[name] = FreePorts.Next()).ToString(
            CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public int? NumberOf(string text) => ServiceDeclaration.PortOf(text);
}
