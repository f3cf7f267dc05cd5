using System.Text.Json;
using Verus.Artifact.Common;

namespace Verus.Artifact.Tools;

/// <summary>
/// A cache of facts about tools, which is kept between builds so that an unchanged tool is neither started nor read
/// again: the hashes of files by stat tuple, and the version output of tools by the hash of everything that determines
/// it. The two files of the cache of facts about tools can be deleted safely.
/// </summary>
internal sealed class ToolMemory
{
    private readonly string? file;
    private readonly Dictionary<string, string> outputs;
    private bool changed;

    public ToolMemory(ToolOptions options)
    {
        file = options.ToolsDirectory is { } folder ? Path.Combine(folder, "versions.json") : null;
        Hashes = options.Hashes ?? new ContentHashes(options.ToolsDirectory is { } hashes
            ? Path.Combine(hashes, "hashes.tsv") : null);
        outputs = Read(file);
    }

    /// <summary>The hashes of the contents of files.</summary>
    public ContentHashes Hashes { get; }

    /// <summary>The remembered output of a tool with the given key; null when there is none.</summary>
    public string? Output(string key) => outputs.GetValueOrDefault(key);

    /// <summary>Remembers the output of a tool under its key.</summary>
    public void Remember(string key, string output)
    {
        outputs[key] = output;
        changed = true;
    }

    /// <summary>Writes the files of the cache if any entry is new.</summary>
    public void Save()
    {
        if (file is null || !changed && outputs.Count == 0)
            return;
        if (changed)
            AtomicFile.Write(file, JsonSerializer.Serialize(outputs));
        Hashes.Save();
        changed = false;
    }

    private static Dictionary<string, string> Read(string? file)
    {
        try
        {
            if (file is not null && File.Exists(file))
                return JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllBytes(file)) ?? [];
        }
        catch (Exception problem) when (problem is JsonException or IOException or UnauthorizedAccessException)
        {
            // A damaged cache is treated as empty, so that the tools are run again.
        }
        return [];
    }
}
