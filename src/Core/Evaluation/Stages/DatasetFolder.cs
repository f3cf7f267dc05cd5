using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>
/// The datasets in a folder that the data stage wrote, on this machine or on another one. Each dataset is read only
/// once.
/// </summary>
/// <param name="folder">Absolute path of the folder.</param>
/// <param name="onMissing">Whether recorded numbers may stand in for measured ones.</param>
public sealed class DatasetFolder(string folder, OnMissing onMissing)
{
    private readonly Dictionary<(string, Origin), Dataset?> read = [];

    /// <summary>The measured form of the dataset with a name; null when none of its points was measured.</summary>
    /// <exception cref="DiagnosticException">The dataset's files cannot be read.</exception>
    public Dataset? Measured(string name) => Read(name, Origin.Measured);

    /// <summary>The recorded form of the dataset with a name; null when it does not exist.</summary>
    /// <exception cref="DiagnosticException">The dataset's files cannot be read.</exception>
    public Dataset? Recorded(string name) => Read(name, Origin.Recorded);

    /// <summary>
    /// The dataset to draw and judge: the measured form, or the recorded form in its place, but only if the user
    /// allowed that.
    /// </summary>
    /// <exception cref="DiagnosticException">The dataset's files cannot be read.</exception>
    public Dataset? this[string name] => Measured(name) ?? (onMissing == OnMissing.Recorded ? Recorded(name) : null);

    private Dataset? Read(string name, Origin origin)
    {
        if (!read.TryGetValue((name.ToUpperInvariant(), origin), out var dataset))
            read[(name.ToUpperInvariant(), origin)] = dataset = DatasetFile.Read(folder, name, origin);
        return dataset;
    }
}
