using Verus.Artifact.Common;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Places;

/// <summary>
/// What was found out about machines and is costly to find out again, each under what it depends on. Disposable:
/// without it a machine is looked at once more.
/// </summary>
public sealed class MachineMemory(EvaluationLayout layout)
{
    /// <summary>Where it is kept.</summary>
    public string Folder => Path.Combine(layout.State, "machines");

    /// <summary>What was noted; null when nothing was, or under another key.</summary>
    public string? Recall(string name, string key)
    {
        if (!File.Exists(FileOf(name)))
            return null;
        var text = File.ReadAllText(FileOf(name));
        return text.StartsWith(key + "\n", StringComparison.Ordinal) ? text[(key.Length + 1)..] : null;
    }

    /// <summary>Notes something.</summary>
    public void Remember(string name, string key, string text) => AtomicFile.Write(FileOf(name), $"{key}\n{text}");

    private string FileOf(string name) => Path.Combine(Folder, name + ".txt");
}
