using Verus.Artifact.Declarations;

namespace Verus.Artifact.Experiments.Executors.Vm;

/// <summary>
/// What was found out about machines and is costly to find out again, each under what it depends on. Disposable: without it a machine is started once
/// more.
/// </summary>
internal sealed class MachineMemory(EvaluationLayout layout)
{
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

    private string FileOf(string name) => Path.Combine(layout.State, "vm", name + ".txt");
}
