namespace Verus.Artifact.Experiments.Readers;

/// <summary>What a successful sample left: the text of its standard streams and the folder with all files that were kept.</summary>
/// <param name="StandardOutput">Text of standard output.</param>
/// <param name="StandardError">Text of standard error.</param>
/// <param name="Directory">Absolute path of the folder that has stdout.txt, stderr.txt and the collected files.</param>
public sealed record SampleOutput(string StandardOutput, string StandardError, string Directory);

/// <summary>Numbers that a reader found: one row, with the columns that tell it from the other rows of the same sample.</summary>
/// <param name="Columns">Columns beside those of the cell; empty when the sample has one row.</param>
/// <param name="Metrics">Numbers by name.</param>
public sealed record Reading(IReadOnlyDictionary<string, string> Columns, IReadOnlyDictionary<string, double> Metrics)
{
    /// <summary>What a user must know of the row, such as why it is no measurement of its point; null: nothing.</summary>
    public string? Warning { get; init; }
}

/// <summary>Turns the output of a tool into numbers. Stateless; the tools' formats live in this folder, one file each.</summary>
public interface IOutputReader
{
    /// <summary>Name that the metadatum Reader refers to.</summary>
    string Name { get; }

    /// <summary>Changes when the reader reads otherwise; samples read by another version are read again from their logs.</summary>
    int Version { get; }

    /// <summary>What it may find; null where only the output tells, so that nothing can be checked before.</summary>
    ReaderOutline? Outline => null;

    /// <summary>Reads a sample's output.</summary>
    /// <exception cref="FormatException">The output is not what this tool writes; the message says what is wrong and where.</exception>
    IReadOnlyList<Reading> Read(SampleOutput output);
}
