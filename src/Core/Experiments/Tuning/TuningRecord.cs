using System.Text.Json;
using System.Text.Json.Serialization;
using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Tuning;

/// <summary>
/// The changes of the machine that have not been undone yet; they are on the disk before the change itself.
/// </summary>
public sealed record TuningRecord
{
    /// <summary>The system that was changed; see <see cref="KernelKnobs.Boot"/>.</summary>
    public required string Boot { get; init; }
    /// <summary>Who changed it, for messages.</summary>
    public required string Owner { get; init; }
    /// <summary>The changes in order.</summary>
    public required IReadOnlyList<KnobWrite> Writes { get; init; }

    // A machine with a thousand CPUs has a few thousand changes of a hundred bytes each.
    private const long Longest = 4 << 20;
    // Whatever the caller's umask is, others must not be able to write the record, since it would not be trusted then.
    private const UnixFileMode FolderMode = (UnixFileMode)0b111_101_101, FileMode = (UnixFileMode)0b110_100_100;
    private const UnixFileMode ByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Reads a record; null when there is none.</summary>
    /// <exception cref="FormatException">It cannot be read.</exception>
    public static TuningRecord? Load(string file)
    {
        try
        {
            if (new FileInfo(file) is { Exists: true, Length: > Longest })
                throw new FormatException("it is too long");
            var record = JsonSerializer.Deserialize(File.ReadAllBytes(file), TuningJson.Default.TuningRecord);
            return record is { Boot: not null, Owner: not null, Writes: not null }
                && record.Writes.All(write =>
                    write is { Setting: not null, File: not null, Before: not null, After: not null })
                ? record with { Owner = string.Concat(record.Owner.Select(c => char.IsControl(c) ? ' ' : c)) }
                : throw new FormatException("something in it is missing");
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

    /// <summary>
    /// Why a folder is unsuitable for a record, or why a record in it is not trusted. Root writes to files as the
    /// record says, so nobody but root and the caller may be able to put one there. Null when all is well, also when
    /// nothing exists yet.
    /// </summary>
    /// <param name="file">Absolute path of the record.</param>
    /// <param name="lockFile">Absolute path of the lock beside it, which anybody may hold.</param>
    public static string? WhyNotTrusted(string file, string lockFile)
    {
        var folder = Path.GetDirectoryName(file)!;
        foreach (var (path, kind) in new[] { (folder, FileKind.Folder), (file, FileKind.Regular),
            (lockFile, FileKind.Regular) })
        {
            if (FileFacts.Of(path, followLink: false) is not { } found)
                continue;
            if (found.Kind != kind)
                return $"'{path}' is no {(kind == FileKind.Folder ? "folder" : "regular file")}";
            if (found.Owner != 0 && found.Owner != FileFacts.Caller)
                return $"'{path}' belongs to the user with the id {found.Owner}";
            if (path != lockFile && (found.Permissions & ByOthers) != 0)
                return $"others than its owner may write '{path}'";
        }
        for (var above = Path.GetDirectoryName(folder); above is not null; above = Path.GetDirectoryName(above))
            if (FileFacts.Of(above) is { } found
                && (found.Permissions & (UnixFileMode.OtherWrite | UnixFileMode.StickyBit)) == UnixFileMode.OtherWrite)
                return $"anybody may replace files in '{above}'";
        return null;
    }

    /// <summary>Writes the record; returns only when it is on the disk.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">It cannot be written.</exception>
    public void Save(string file)
    {
        AtomicFile.Write(file, JsonSerializer.SerializeToUtf8Bytes(this, TuningJson.Default.TuningRecord));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, FileMode);
    }

    /// <summary>Creates the folder of a record.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">It cannot be created.</exception>
    public static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows() || Directory.Exists(folder))
            return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
            Directory.CreateDirectory(folder, FolderMode);
            File.SetUnixFileMode(folder, FolderMode);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Explain(folder, problem);
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(TuningRecord))]
internal sealed partial class TuningJson : JsonSerializerContext;
