using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Readers;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Places;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Experiments.Scheduling;

/// <summary>
/// Inputs that a command of the experiment makes, one file per cell. Each distinct command makes its input once,
/// outside any measured time, and the input enters the cell's key by its content.
/// </summary>
public sealed class GeneratedInputs(CellResolver resolver, IPlace host, MachineLane lane)
{
    private const int MostWords = 500;
    private readonly GeneratedHashes hashes = new(Path.Combine(resolver.CellContext.Layout.State, "generated.tsv"));
    private readonly string root = Path.Combine(resolver.CellContext.Layout.Experiments, "generated");

    /// <summary>Path of a cell's generated input; null when the input has not been made.</summary>
    public string? Find(Cell cell)
    {
        var file = PathOf(cell);
        resolver.Trace.File(file);
        return Path.Exists(file) ? file : null;
    }

    /// <summary>Path that a cell's generated input has or would have; cells with the same generator share it.</summary>
    public string PathOf(Cell cell) => FileOf(cell, Scratch);

    /// <summary>
    /// Hash of a cell's generated input, or, if that file was deleted, of the input that was made most recently; null
    /// when the input was never made.
    /// </summary>
    public string? HashOf(Cell cell)
    {
        var (_, key) = resolver.Generator(cell, Scratch);
        if (Find(cell) is not { } file)
            return hashes.Of(key);
        var hash = resolver.Hashes.OfTree(file);
        hashes.Remember(key, hash);
        return hash;
    }

    /// <summary>Saves the hashes of generated inputs for the next call.</summary>
    public void Save() => hashes.Save();

    /// <summary>Makes the generated input of a cell unless the input exists, and returns its path.</summary>
    /// <exception cref="DiagnosticException">The command of the generator failed.</exception>
    public async Task<string> MakeAsync(Cell cell, CancellationToken cancellation)
    {
        var id = Guid.NewGuid().ToString("N");
        var attempt = new Attempt(Path.Combine(Attempts.RootIn(resolver.CellContext.Layout), id));
        var file = FileOf(cell, attempt);
        if (Path.Exists(file))
            return file;
        using var shared = await lane.SharedAsync(cancellation).ConfigureAwait(false);
        Attempts.Prepare(attempt);
        var experiment = cell.Experiment;
        var made = attempt.Generated(experiment);
        Directory.CreateDirectory(experiment.GenerateAs.EndsWith('/') ? made : Path.GetDirectoryName(made)!);
        var (command, _) = resolver.Generator(cell, attempt);
        var result = await host.RunAsync(cell.Experiment,
            new JobSpec { Id = id, Command = command, TimeoutSeconds = cell.Own.Timeout }, attempt, [], cancellation)
            .ConfigureAwait(false);
        if (result is not { Outcome: JobOutcome.Exited, ExitCode: 0 })
            throw SystemProblem.WithoutRoom(attempt.Directory)
                ?? ExperimentRules.GeneratorFailed.Error(cell.Experiment.Item.Where, cell.Name,
                    result.Error ?? $"exit code {result.ExitCode}, signal {result.Signal}",
                OutputText.LastWords(5, MostWords, command.StandardError));
        if (Problem(experiment, made, command.StandardOutput) is { } problem)
            throw ExperimentRules.GeneratorFailed.Error(experiment.Item.Where, cell.Name, problem,
                OutputText.LastWords(5, MostWords, command.StandardError));
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            if (Directory.Exists(made) && experiment.GeneratesByName)
                Directory.Move(made, file);
            else
                File.Move(experiment.GeneratesByName ? made : command.StandardOutput, file, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw SystemProblem.Explain(file, failure);
        }
        FolderRemoval.Remove(attempt.Directory);
        resolver.Trace.Wrote(file);
        return file;
    }

    // A generated folder may contain only regular files, because other kinds of files cannot be copied, sent and
    // hashed.
    private static string? Problem(ExperimentDeclaration experiment, string made, string standardOutput)
    {
        if (!experiment.GeneratesByName)
            return Globbing.KindOf(standardOutput) is FileKind.Regular
                ? null : "it replaced its standard output, which is no longer a regular file";
        var entries = Globbing.Find(made);
        var strange = entries.FirstOrDefault(entry => entry.Problem is not null || entry.Kind is not FileKind.Regular);
        return entries.Count == 0 ? $"it left nothing at {{generated}}, which is '{experiment.GenerateAs}'"
            : strange is not null
                ? $"'{PlainText.Line(Path.GetRelativePath(Path.GetDirectoryName(made)!, strange.Path))}' "
                    + $"{strange.Problem ?? $"is {strange.Kind.Words()}"}, and only regular files are kept" : null;
    }

    private string FileOf(Cell cell, Attempt attempt) =>
        Path.Combine(root, resolver.Generator(cell, attempt).Key[..32], cell.Experiment.GenerateAs.TrimEnd('/'));

    // An attempt with any folder suffices to compute the key of a generator's command, since the key contains no path
    // of an attempt.
    private Attempt Scratch => new(Path.Combine(root, "none"));
}
