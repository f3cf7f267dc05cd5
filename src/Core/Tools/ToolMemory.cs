using System.Text.Json;
using Verus.Artifact.Common;

namespace Verus.Artifact.Tools;

/// <summary>
/// What is remembered of tools between builds, so that an unchanged tool is neither started nor read again: hashes of
/// files by stat tuple, and what a tool printed as its version by the hash of everything that makes it print that. Both
/// files can be thrown away.
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

    /// <summary>Hashes of files by content.</summary>
    public ContentHashes Hashes { get; }

    /// <summary>What a tool with this key printed; null when that is not known.</summary>
    public string? Output(string key) => outputs.GetValueOrDefault(key);

    /// <summary>Remembers what a tool printed.</summary>
    public void Remember(string key, string output)
    {
        outputs[key] = output;
        changed = true;
    }

    /// <summary>Writes both files, if anything is new.</summary>
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
            // A damaged memory is no memory: the tools are asked again.
        }
        return [];
    }
}
