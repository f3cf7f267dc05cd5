using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Tuning;
using Verus.Artifact.Places;
using Verus.Artifact.Places.Docker;
using Verus.Artifact.Places.Host;
using Verus.Artifact.Places.Slurm;
using Verus.Artifact.Places.Vm;
using Verus.Artifact.Report;

namespace Verus.Artifact.Evaluation;

/// <summary>
/// One request on its way along the line. Each stage is a method that leaves here what the next one reads; the files that a stage writes are
/// its own business. Holds the evaluation's lock until it is disposed.
/// </summary>
public sealed partial class EvaluationSession : IDisposable
{
    private readonly FileLock? held;
    private readonly Fingerprint fingerprint;
    private readonly string? upToDate;
    private readonly ContentHashes hashes;
    private readonly DockerExecutor docker;
    private readonly MachineTuning machine;
    private readonly SortedSet<string> dependsOn = new(StringComparer.Ordinal);
    private readonly SortedSet<string> outputs = new(StringComparer.Ordinal);
    // Told by executors, which outlive a stage, what goes on: the log of the stage that runs.
    private IBuildLog stageLog;

    // Something could not be fetched or made, and no file here will tell when it can.
    private bool mayBeHadNextTime;

    private EvaluationSession(SessionOptions options, EvaluationModel model, Selection selection, Fingerprint fingerprint, string? upToDate, FileLock? held,
        MachineTuning machine, IBuildLog log)
    {
        stageLog = log;
        (Options, Model, Selection, this.fingerprint, this.upToDate, this.held, this.machine) = (options, model, selection, fingerprint, upToDate, held, machine);
        // Calls that change nothing or have nothing to do leave no lines.
        Log = held is null || upToDate is not null ? null : new EvaluationLog(options.Layout.Log);
        Log?.Line($"{(options.Request.Length == 0 ? Selection.Everything : options.Request)} of {Path.GetFileName(options.ProjectFile)}, process {Environment.ProcessId}");
        docker = new DockerExecutor(options.Runner, options.Layout.Root, engine, images) { Pins = model.Pins.Images.ToDictionary(image => image.Name, StringComparer.OrdinalIgnoreCase) };
        executors = new Dictionary<ExecutorKind, IExecutor>
        {
            [ExecutorKind.Host] = new HostExecutor(options.Runner),
            [ExecutorKind.Docker] = docker,
            [ExecutorKind.Vm] = new VmExecutor(new VmOptions
            {
                Machines = model.Machines,
                Surroundings = Surroundings,
                Layout = options.Layout,
                Runner = options.Runner,
                SearchPath = options.SearchPath,
                Log = () => stageLog,
                MayStart = held is not null,
            }),
            [ExecutorKind.Slurm] = new SlurmExecutor(options.Runner, new SlurmCluster(options.SearchPath), new MachineMemory(options.Layout), () => stageLog) { MayStart = held is not null },
        };
        hashes = new ContentHashes(Path.Combine(options.Layout.State, "hashes.tsv"));
    }

    /// <summary>What the user said.</summary>
    public SessionOptions Options { get; }

    /// <summary>What the project declares.</summary>
    public EvaluationModel Model { get; }

    /// <summary>What was asked for.</summary>
    public Selection Selection { get; }

    /// <summary>The log file of the evaluation; null in a session that does nothing.</summary>
    public EvaluationLog? Log { get; }

    /// <summary>Whether all outputs are as a complete evaluation left them, from inputs that have not changed.</summary>
    public bool IsUpToDate => upToDate is not null;

    /// <summary>
    /// Reads the declarations, takes the lock of the evaluation's folder (waiting for another build that has it), and compares with the last
    /// complete evaluation. A read-only session takes no lock and is never up to date; one that works anew takes it and is never up to date.
    /// </summary>
    /// <exception cref="DiagnosticException">Something declared or asked for does not fit.</exception>
    public static async Task<EvaluationSession> OpenAsync(SessionOptions options, IReadOnlyList<DeclarationItem> items, bool readOnly, bool anew, IBuildLog log,
        CancellationToken cancellation)
    {
        var fingerprint = new Fingerprint(options.Layout, options.Request, Fingerprint.OfDeclarations(items, options));
        var machine = MachineTuning.Here();
        if (readOnly)
        {
            machine.Tell(log);
            return Make(null, null);
        }
        // Also when this call has nothing to do: whoever tuned the machine may have been killed.
        machine.RestoreLeft(log);
        var owner = $"process {Environment.ProcessId} ({(options.Request.Length == 0 ? Selection.Everything : options.Request)} of {options.ProjectFile}, since {DateTime.Now:HH:mm:ss})";
        var held = await FileLock.ExclusiveAsync(Path.Combine(options.Layout.Root, ".lock"), owner,
            other => log.Report(ExperimentRules.WaitingForOwner.At(SourceLocation.None, other, options.Layout.Root)), cancellation).ConfigureAwait(false);
        try
        {
            return Make(anew ? null : fingerprint.Check(), held);
        }
        catch
        {
            held.Dispose();
            throw;
        }

        // Parsed also when nothing changed would cost time for nothing: the declarations passed once, and they are the same.
        EvaluationSession Make(string? summary, FileLock? held)
        {
            var model = EvaluationModel.Parse(summary is null ? items : []);
            if (options.Smoke)
                model = model with { Experiments = [.. model.Experiments.Select(experiment => experiment with { IsSmoke = true })] };
            return new EvaluationSession(options, model, Selection.Of(model, summary is null ? options.Request : ""), fingerprint, summary, held, machine, log);
        }
    }

    /// <summary>Shows the summary and, after a complete evaluation, writes down what the outputs depend on.</summary>
    /// <param name="log">Where it is shown.</param>
    /// <param name="width">Columns of the terminal; null: any.</param>
    /// <param name="color">Whether it may have colours.</param>
    public void Finish(IBuildLog log, int? width = null, bool color = false)
    {
        if (upToDate is not null)
        {
            log.Info(SummaryTable.Parse(upToDate).Render(width, color) + "\nNothing to do: everything is up to date.");
            return;
        }
        hashes.Save();
        var summary = Summary(Options.Smoke ? FullCost(log).Split('\n') : []);
        if (mayBeHadNextTime)
            fingerprint.Forget();
        else
            fingerprint.Save(dependsOn.Concat(outputs), summary.ToString());
        log.Info(summary.Render(width, color));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Log?.Dispose();
        engine.Dispose();
        held?.Dispose();
    }
}
