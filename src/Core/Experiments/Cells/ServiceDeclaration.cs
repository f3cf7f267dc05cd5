using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>
/// A process that must be running while the measured command of an experiment runs (item <c>Service</c>).
/// </summary>
public sealed record ServiceDeclaration : IDeclaration
{
    /// <inheritdoc/>
    public required string Name { get; init; }
    /// <inheritdoc/>
    public required DeclarationItem Item { get; init; }
    /// <summary>The experiments that need the service (metadata Experiments).</summary>
    public IReadOnlyList<string> Experiments { get; init; } = [];
    /// <summary>The program of the service and its arguments, with placeholders.</summary>
    public IReadOnlyList<Template> Command { get; init; } = [];
    /// <summary>Environment variables of the service, in addition to those of the experiment.</summary>
    public IReadOnlyDictionary<string, Template> Environment { get; init; } = new Dictionary<string, Template>();
    /// <summary>The text that the output of the service contains as soon as the service is ready.</summary>
    public string? ReadyText { get; init; }
    /// <summary>
    /// The service is ready when this port on loopback accepts connections; a number or a placeholder such as {port:a}.
    /// </summary>
    public Template? ReadyPort { get; init; }
    /// <summary>Seconds to wait for a service to become ready before the sample fails.</summary>
    public double ReadyTimeout { get; init; } = 60;

    /// <summary>
    /// Whether a group of cells (<c>PreparePer</c>) shares the service, which then starts once a round for the group.
    /// </summary>
    public bool IsShared { get; init; }

    /// <summary>Whether the service runs while samples of an experiment are taken.</summary>
    public bool IsOf(ExperimentDeclaration experiment) =>
        Experiments.Contains(experiment.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The texts of the service that may contain placeholders, by the name of their metadata.</summary>
    internal IReadOnlyList<(string MetadataName, IEnumerable<Template> Texts)> TextsByName =>
    [
        ("Command", Command), ("Environment", Environment.Values),
        ("ReadyPort", ReadyPort is { } port ? [port] : []),
    ];

    /// <summary>Reads an item.</summary>
    public static ServiceDeclaration Parse(DeclarationItem item, ICollection<Diagnostic> diagnostics)
    {
        var reader = new MetadataReader(item, diagnostics);
        var declaration = new ServiceDeclaration
        {
            Name = item.Name,
            Item = item,
            Experiments = reader.List("Experiments"),
            Command = Template.All(reader.Command("Command", reader.Required("Command"))),
            Environment = reader.Templates("Environment"),
            ReadyText = reader.Text("ReadyText"),
            ReadyPort = reader.Text("ReadyPort") is { } text ? Template.Parse(text) : null,
            ReadyTimeout = reader.Seconds("ReadyTimeout") ?? 60,
            IsShared = reader.Flag("Shared"),
        };
        if (declaration.ReadyPort is { IsOpen: false, Constant: { } port } && PortOf(port) is null)
            reader.Bad("ReadyPort", port, "a number from 1 to 65535, or a placeholder such as {port:a}");
        if (item.Name.Contains('/', StringComparison.Ordinal))
            reader.Bad("Include", item.Name, "a name without '/': files with its output have that name");
        reader.Finish();
        return declaration;
    }

    /// <summary>The port number that a text denotes; null when the text denotes no port number.</summary>
    internal static int? PortOf(string text) =>
        Amount.ParseWhole(text) is { } port and > 0 and <= ushort.MaxValue ? port : null;
}
