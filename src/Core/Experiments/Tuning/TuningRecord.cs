using System.Text.Json;
using System.Text.Json.Serialization;
using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Tuning;

/// <summary>
/// The record of the machine's changes that have not been undone yet; each change is on the disk before it is made.
/// </summary>
public sealed record TuningRecord
{
    /// <summary>The identity of the running system that was changed; see <see cref="KernelKnobs.Boot"/>.</summary>
    public required string Boot { get; init; }
    /// <summary>The evaluation that changed the machine, as named in messages.</summary>
    public required string Owner { get; init; }
    /// <summary>The changes in order.</summary>
    public required IReadOnlyList<KnobWrite> Writes { get; init; }

    // Maximum size of a record in bytes: a machine with a thousand CPUs has a few thousand changes of a hundred bytes
    // each.
    private const long Longest = 4 << 20;
    // Whatever the caller's umask is, other users must not be able to write the record, since a record that others can
    // write is not trusted.
    private const UnixFileMode FolderMode = (UnixFileMode)0b111_101_101, FileMode = (UnixFileMode)0b110_100_100;
    private const UnixFileMode ByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Reads the record of a machine's changes; returns null when there is none.</summary>
    /// <exception cref="FormatException">The record cannot be read.</exception>
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
    /// Why a folder is unsuitable for a record, or why a record in the folder is not trusted. Root writes to files as
    /// the record says, so nobody but root and the caller may be able to put a record there. Null when the folder and
    /// the record are trusted, or do not exist yet.
    /// </summary>
    /// <param name="file">Absolute path of the record.</param>
    /// <param name="lockFile">Absolute path of the lock beside the record, which any user may hold.</param>
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

    /// <summary>Writes the record of a machine's changes; returns only when the record is on the disk.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">The record cannot be written.</exception>
    public void Save(string file)
    {
        AtomicFile.Write(file, JsonSerializer.SerializeToUtf8Bytes(this, TuningJson.Default.TuningRecord));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, FileMode);
    }

    /// <summary>Creates the folder for the record of a machine's changes.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">The folder cannot be created.</exception>
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
