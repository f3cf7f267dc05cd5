using Verus.Artifact.Common;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Places;

/// <summary>
/// What is known about machines and is costly to determine again, each entry under what it depends on. The cache may be
/// deleted: each machine is then examined once more.
/// </summary>
public sealed class MachineMemory(EvaluationLayout layout)
{
    /// <summary>The file of the cache.</summary>
    public string Folder => Path.Combine(layout.State, "machines");

    /// <summary>The recorded value; null when there is none, or when it is under another key.</summary>
    public string? Recall(string name, string key)
    {
        if (!File.Exists(FileOf(name)))
            return null;
        var text = File.ReadAllText(FileOf(name));
        return text.StartsWith(key + "\n", StringComparison.Ordinal) ? text[(key.Length + 1)..] : null;
    }

    /// <summary>Records a value.</summary>
    public void Remember(string name, string key, string text) => AtomicFile.Write(FileOf(name), $"{key}\n{text}");

    private string FileOf(string name) => Path.Combine(Folder, name + ".txt");
}
