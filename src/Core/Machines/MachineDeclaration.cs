using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Machines;

/// <summary>
/// Another machine that evaluates a part of the requests (item <c>Machine</c>). docs/remote-machines.md describes
/// machines for users.
/// </summary>
public sealed record MachineDeclaration : IDeclaration
{
    /// <inheritdoc/>
    public required string Name { get; init; }
    /// <inheritdoc/>
    public required DeclarationItem Item { get; init; }
    /// <summary>
    /// What <c>ssh</c> connects to, or the path of a folder with an evaluation that was made elsewhere; empty when the
    /// part is evaluated on this machine.
    /// </summary>
    public required string Address { get; init; }
    /// <summary>What is sent to the machine, in the words of a request; empty for everything.</summary>
    public required string Request { get; init; }

    /// <summary>Whether the address is that of a folder, from which samples are taken, and where nothing
    /// runs.</summary>
    public bool IsFolder => Address.Contains('/', StringComparison.Ordinal)
        && !Address.StartsWith(SshUrl, StringComparison.Ordinal);

    private const string SshUrl = "ssh://";

    /// <summary>Reads an item.</summary>
    public static MachineDeclaration Parse(DeclarationItem item, ICollection<Diagnostic> diagnostics)
    {
        var reader = new MetadataReader(item, diagnostics);
        var declaration = new MachineDeclaration
        {
            Name = item.Name,
            Item = item,
            Address = reader.Text("Address") ?? "",
            Request = reader.Text("Request") ?? "",
        };
        // Files and folders have the name of the machine.
        reader.CheckFileName();
        if (!declaration.IsFolder && !IsDestination(declaration.Address))
            reader.Bad("Address", declaration.Address,
                "a host, user@host, ssh://user@host:port, an alias of ~/.ssh/config, or a folder with a / in its path");
        reader.Finish();
        return declaration;
    }

    // A destination that begins with a hyphen would be an option of ssh, and one that has other signs could be more
    // than a name to a command of ~/.ssh/config.
    private static bool IsDestination(string address)
    {
        var rest = address.StartsWith(SshUrl, StringComparison.Ordinal) ? address[SshUrl.Length..] : address;
        return !rest.StartsWith('-') && !rest.Contains("@-", StringComparison.Ordinal)
            && rest.All(c => char.IsAsciiLetterOrDigit(c) || "@.-_:[]%+".Contains(c));
    }
}
