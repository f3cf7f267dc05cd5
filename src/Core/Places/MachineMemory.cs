using Verus.Artifact.Common;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Places;

/// <summary>
/// A cache of facts about machines that are costly to determine, each stored under a key with everything on which it
/// depends. The cache of facts about machines may be deleted: each machine is then examined once more.
/// </summary>
public sealed class MachineMemory(EvaluationLayout layout)
{
    /// <summary>The path of the file that holds the cache.</summary>
    public string Folder => Path.Combine(layout.State, "machines");

    /// <summary>The recorded value of a fact; null when no value is recorded, or when it is recorded under another
    /// key.</summary>
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
