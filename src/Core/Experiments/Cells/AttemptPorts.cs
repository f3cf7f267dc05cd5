using System.Globalization;
using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>The ports of an attempt.</summary>
public interface IAttemptPorts
{
    /// <summary>What {port:name} becomes, the same each time within an attempt.</summary>
    string TextOf(string name);

    /// <summary>
    /// The number that such a text, or one that an author wrote, stands for; null when it is no port.
    /// </summary>
    int? NumberOf(string text);
}

/// <summary>Free ports on loopback.</summary>
internal sealed class FreeAttemptPorts : IAttemptPorts
{
    private readonly Dictionary<string, int> ports = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string TextOf(string name) =>
        (ports.TryGetValue(name, out var port) ? port : ports[name] = FreePorts.Next()).ToString(
            CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public int? NumberOf(string text) => ServiceDeclaration.PortOf(text);
}
