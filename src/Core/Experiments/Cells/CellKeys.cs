using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>
/// The keys of cells in one pass over experiments. What all cells of an experiment have in common, and what cells with
/// the same values on some axes have in common, is determined once in a pass, so that a pass asks for each file once.
/// A file that changes later is noticed by the next pass. Not thread-safe.
/// </summary>
/// <param name="resolver">Determines the parts of keys.</param>
public sealed class CellKeys(CellResolver resolver)
{
    private readonly Dictionary<(ExperimentDeclaration, string), ExperimentKeys> known =
        new(new ByExperiment());
    private readonly ArrayBufferWriter<byte> text = new(1024);

    /// <summary>Determines the key of a cell.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="executorIdentity">A text that identifies where the cell runs, including the image digest.</param>
    /// <param name="generated">Absolute path of the cell's generated input; null when the cell has none, or when the
    /// input does not exist yet.</param>
    /// <param name="generatedHash">Hash of the generated input; null when the cell has none.</param>
    /// <param name="outputs">The outputs of other experiments that the cell uses.</param>
    /// <exception cref="Diagnostics.DiagnosticException">An input is missing, or a placeholder is unknown.</exception>
    public ResolvedCell Resolve(Cell cell, string executorIdentity, string? generated, string? generatedHash,
        IReadOnlyList<UsedOutput> outputs)
    {
        if (!known.TryGetValue((cell.Experiment, executorIdentity), out var keys))
            known[(cell.Experiment, executorIdentity)] = keys = new ExperimentKeys(resolver, cell, executorIdentity);
        return keys.Resolve(cell, generated, generatedHash, outputs, text);
    }

    // Two declarations with the same text are different experiments, and comparing them would take longer than what is
    // saved.
    private sealed class ByExperiment : IEqualityComparer<(ExperimentDeclaration Experiment, string Executor)>
    {
        public bool Equals((ExperimentDeclaration Experiment, string Executor) x,
            (ExperimentDeclaration Experiment, string Executor) y) =>
            ReferenceEquals(x.Experiment, y.Experiment) && x.Executor == y.Executor;

        public int GetHashCode((ExperimentDeclaration Experiment, string Executor) obj) =>
            RuntimeHelpers.GetHashCode(obj.Experiment);
    }
}

/// <summary>The parts of the keys of an experiment's cells.</summary>
internal sealed class ExperimentKeys
{
    private readonly CellResolver resolver;
    private readonly IReadOnlyList<TextPart> before, after;
    private readonly List<string> axes;
    private readonly string[] marks;
    private readonly Dictionary<string, BoundParts> bound = new(StringComparer.Ordinal);

    /// <summary>Determines what the cells of an experiment have in common.</summary>
    /// <param name="resolver">Determines the parts of keys.</param>
    /// <param name="first">A cell of the experiment.</param>
    /// <param name="executorIdentity">A text that identifies where the cells run.</param>
    public ExperimentKeys(CellResolver resolver, Cell first, string executorIdentity)
    {
        this.resolver = resolver;
        var experiment = first.Experiment;
        before = Merged(resolver.TextsOfKey(experiment));
        after = Merged(CellResolver.LimitsOfKey(experiment, executorIdentity));
        axes = [.. resolver.AxesOfBoundParts(experiment).Where(first.Values.ContainsKey)];
        marks = [.. first.Values.Keys.Select(name => $"{{{name}}}")];
    }

    /// <summary>The cell with its key.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="generated">Absolute path of the generated input; null when there is none.</param>
    /// <param name="generatedHash">Hash of the generated input; null when there is none.</param>
    /// <param name="outputs">The outputs of other experiments that the cell uses.</param>
    /// <param name="text">A buffer, whose content is replaced.</param>
    public ResolvedCell Resolve(Cell cell, string? generated, string? generatedHash,
        IReadOnlyList<UsedOutput> outputs, ArrayBufferWriter<byte> text)
    {
        var files = BoundPartsOf(cell);
        text.ResetWrittenCount();
        KeyPart.WriteHead(text);
        Write(before);
        text.Write(files.Encoded);
        if (generatedHash is not null)
            KeyPart.Write(CellResolver.PartOfGenerated(cell.Experiment, generatedHash), text);
        Write(after);
        foreach (var output in outputs)
            KeyPart.Write(CellResolver.PartOf(output), text);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text.WrittenSpan, hash);
        return new ResolvedCell(cell, hash, this, files, generatedHash)
        {
            Generated = generated,
            Outputs = outputs,
        };

        void Write(IReadOnlyList<TextPart> parts)
        {
            foreach (var part in parts)
            {
                text.Write(part.Encoded);
                foreach (var own in part.Own?.Invoke(cell) ?? [])
                    KeyPart.Write(own, text);
            }
        }
    }

    /// <summary>The parts of a cell's key.</summary>
    public IReadOnlyList<KeyPart> PartsOf(Cell cell, BoundParts files, string? generatedHash,
        IReadOnlyList<UsedOutput> outputs)
    {
        return [.. Of(before), .. files.Parts,
            .. generatedHash is null ? [] : new[] { CellResolver.PartOfGenerated(cell.Experiment, generatedHash) },
            .. Of(after), .. outputs.Select(CellResolver.PartOf)];

        IEnumerable<KeyPart> Of(IEnumerable<TextPart> parts) =>
            parts.SelectMany(part => part.Shared.Concat(part.Own?.Invoke(cell) ?? []));
    }

    // What a cell refers to depends on the values of few axes, or of none. A value that itself names an axis depends on
    // more of them, and such a cell is resolved alone.
    private BoundParts BoundPartsOf(Cell cell)
    {
        var values = axes.Count == 0 ? "" : string.Join('\0', axes.Select(axis =>
            (cell.Values[axis].IsFile ? "f" : "v") + cell.Values[axis].Value));
        if (values.Contains('{', StringComparison.Ordinal)
            && marks.Any(mark => values.Contains(mark, StringComparison.Ordinal)))
            return resolver.BoundPartsOf(cell);
        if (!bound.TryGetValue(values, out var parts))
            bound[values] = parts = resolver.BoundPartsOf(cell);
        return parts;
    }

    // Neighbouring parts that all cells share are encoded once, together.
    private static List<TextPart> Merged(IEnumerable<TextPart> parts)
    {
        var merged = new List<TextPart>();
        foreach (var part in parts)
        {
            if (merged is [.., { Own: null } last])
                merged[^1] = new TextPart([.. last.Shared, .. part.Shared], part.Own);
            else
                merged.Add(part);
        }
        return merged;
    }
}

/// <summary>Parts of the keys of an experiment's cells that follow from texts of its declaration.</summary>
/// <param name="Shared">Parts that all cells share.</param>
/// <param name="Own">Returns the parts after these that depend on the cell; null when there are none.</param>
internal sealed record TextPart(IReadOnlyList<KeyPart> Shared, Func<Cell, IEnumerable<KeyPart>>? Own)
{
    /// <summary>The text of the shared parts that is hashed.</summary>
    public byte[] Encoded { get; } = KeyPart.Encoded(Shared);
}

/// <summary>The parts of a key that stand for tools, sources and files, with their content.</summary>
/// <param name="Parts">The parts.</param>
/// <param name="NotAvailable">Why a cell with these parts is not available on this machine; null when it is
/// available.</param>
internal sealed record BoundParts(IReadOnlyList<KeyPart> Parts, string? NotAvailable)
{
    /// <summary>The text of the parts that is hashed.</summary>
    public byte[] Encoded { get; } = KeyPart.Encoded(Parts);
}
