using Verus.Artifact.Protocol;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>What a group of cells shares in one round: the result of Prepare, and services.</summary>
/// <param name="Folder">Absolute path of the folder that <c>{group}</c> stands for.</param>
/// <param name="Output">Absolute path of the folder with the output of the preparations and services.</param>
/// <param name="Failure">Why a preparation or a service failed; null when all of them succeeded.</param>
public sealed record PreparedGroup(string Folder, string Output, string? Failure)
{
    /// <summary>The outcome of samples that the failure keeps from starting.</summary>
    public JobOutcome Outcome { get; init; } = JobOutcome.PrepareFailed;

    /// <summary>The ports of the shared services; null when the group shares no service.</summary>
    internal FreeAttemptPorts? Ports { get; init; }

    /// <summary>Cancelled as soon as a shared service has ended.</summary>
    internal CancellationToken ServicesEnded { get; init; }

    /// <summary>Returns why the shared services have ended; null while they run.</summary>
    internal Func<string?> WhyEnded { get; init; } = () => null;

    /// <summary>
    /// The group of a cell: the cell's values on the axes that a preparation depends on; null when each sample has its
    /// own preparation.
    /// </summary>
    public static string? Of(Cell cell) => cell.Experiment.PreparePer is not { } per ? null
        : cell.Experiment.Name + string.Concat(per.Select(axis => $"\0{cell.Values[axis].Label}"));

    /// <summary>What stands for a group, or for a single cell, whose services are not started again.</summary>
    /// <param name="failure">Why they failed the first time.</param>
    internal static PreparedGroup NotStarted(string failure) =>
        new("", "", failure) { Outcome = JobOutcome.ServiceFailed };
}
