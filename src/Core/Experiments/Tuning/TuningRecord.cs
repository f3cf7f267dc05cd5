using System.Text.Json;
using System.Text.Json.Serialization;
using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Tuning;

/// <summary>What was changed on the machine and has not been undone yet: on the disk before the change itself.</summary>
public sealed record TuningRecord
{
    /// <summary>The system that was changed; see <see cref="KernelKnobs.Boot"/>.</summary>
    public required string Boot { get; init; }
    /// <summary>Who changed it, for people.</summary>
    public required string Owner { get; init; }
    /// <summary>The changes in order.</summary>
    public required IReadOnlyList<KnobWrite> Writes { get; init; }

    /// <summary>Reads a record; null where there is none.</summary>
    /// <exception cref="FormatException">It cannot be read.</exception>
    public static TuningRecord? Load(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), TuningJson.Default.TuningRecord) ?? throw new FormatException("it is empty");
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception problem) when (problem is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new FormatException(problem.Message);
        }
    }

    /// <summary>Writes the record; back only when it is on the disk.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">It cannot be written.</exception>
    public void Save(string file) => AtomicFile.Write(file, JsonSerializer.SerializeToUtf8Bytes(this, TuningJson.Default.TuningRecord));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(TuningRecord))]
internal sealed partial class TuningJson : JsonSerializerContext;
