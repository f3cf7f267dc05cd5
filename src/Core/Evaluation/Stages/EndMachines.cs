using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Machines;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>Stops what was sent to machines, and removes what was left there.</summary>
/// <param name="context">The call.</param>
/// <param name="call">What was sent.</param>
public sealed class EndMachines(EvaluationContext context, Func<MachineCall> call)
{
    /// <summary>Stops the evaluations on all machines that have an address, whatever the request.</summary>
    /// <param name="clean">Whether the folders there are removed, too; the samples that were taken are here.</param>
    /// <param name="log">Log that receives a line for each machine.</param>
    /// <param name="cancellation">Cancels the call.</param>
    /// <exception cref="DiagnosticException">No machine has an address, or some cannot be reached or cleaned; the
    /// others are.</exception>
    public async Task RunAsync(bool clean, IBuildLog log, CancellationToken cancellation)
    {
        var options = context.Options;
        var machines = context.Model.OtherMachines.Where(one => one.Address.Length > 0 && !one.IsFolder).ToList();
        if (machines.Count == 0)
            throw MachineRules.NoAddress.Error(SourceLocation.None);
        var what = call();
        var problems = new List<Diagnostic>();
        foreach (var machine in machines)
        {
            await using var part = new MachinePart(new MachineOrder(machine, "", []), what, options.Layout,
                context.Hashes, options.SearchPath, log);
            try
            {
                if (!await part.StopAsync(clean, cancellation).ConfigureAwait(false))
                    log.Info($"{machine.Name}: nothing of this evaluation is there.");
                else
                    log.Info(clean ? $"{machine.Name}: everything of this evaluation was removed."
                        : $"{machine.Name}: nothing of this evaluation is running any more.");
                if (clean)
                    FolderRemoval.Remove(MachinePart.FolderOf(options.Layout, machine));
            }
            catch (DiagnosticException problem)
            {
                problems.AddRange(problem.Diagnostics);
            }
        }
        if (problems.Count > 0)
            throw new DiagnosticException(problems);
    }
}

/// <summary>Takes the samples of an evaluation that was made elsewhere.</summary>
/// <param name="context">The call.</param>
public sealed class ImportSamples(EvaluationContext context)
{
    /// <summary>Takes all samples that the journal does not have, with their output.</summary>
    /// <param name="folder">Path of the evaluation's folder, or of one that contains it, relative to the
    /// project.</param>
    /// <param name="log">Log that receives the number of samples.</param>
    /// <param name="cancellation">Cancels the import; what was taken stays.</param>
    /// <exception cref="DiagnosticException">The folder holds no evaluation, or a file cannot be read or
    /// written.</exception>
    public void Run(string folder, IBuildLog log, CancellationToken cancellation)
    {
        if (folder.Length == 0)
            throw MachineRules.NoEvaluation.Error(SourceLocation.None, folder);
        var journal = context.ReadJournal(log);
        journal.CheckWritable();
        var import = new SampleImport(journal, context.Options.Layout);
        import.TakeAll(context.Options.Layout.Resolve(folder), log, cancellation);
        var machines = journal.Samples.Select(sample => sample.MachineId).Distinct().Count();
        log.Info($"{Amount.Count(import.Taken, "sample")} came into the journal, which has "
            + $"{Amount.Count(journal.Samples.Count, "sample")} of {Amount.Count(machines, "machine")}.");
    }
}
