using System.Text.Json.Serialization;

namespace Verus.Artifact.Protocol;

/// <summary>A value to write to a file of the kernel.</summary>
/// <param name="Setting">The setting that the value serves, such as <c>turbo=off</c>.</param>
/// <param name="File">Absolute path of the file of the kernel.</param>
/// <param name="Before">The value that the file has before the change.</param>
/// <param name="After">The value to write.</param>
public sealed record KnobWrite(string Setting, string File, string Before, string After);

/// <summary>
/// The changes of a machine that have not been undone yet; each change is recorded on disk before it is made.
/// </summary>
public sealed record TuningRecord
{
    /// <summary>The folder of the record of changes, below the root of the file system, which survives a
    /// restart.</summary>
    public const string Folder = "var/lib/verus-artifact";

    /// <summary>The file of the record of changes, below the root of the file system.</summary>
    public const string File = $"{Folder}/machine.json";

    /// <summary>The file whose lock the owner of the changes holds, below the root of the file system.</summary>
    public const string Lock = $"{Folder}/machine.lock";

    /// <summary>
    /// The variable that names another root of the file system, for tests, which have no machine to tune.
    /// <c>sudo</c> removes this variable from the environment.
    /// </summary>
    public const string RootVariable = "VERUS_ARTIFACT_MACHINE_ROOT";

    // Maximum size of a record in bytes: a machine with a thousand CPUs has a few thousand changes of a hundred bytes
    // each.
    private const long Longest = 4 << 20;

    /// <summary>Identity of the running system, which changes with every boot.</summary>
    public required string Boot { get; init; }

    /// <summary>The evaluation that asked for the changes, for messages.</summary>
    public required string Owner { get; init; }

    /// <summary>The changes in order.</summary>
    public required IReadOnlyList<KnobWrite> Writes { get; init; }

    /// <summary>Reads the record of a machine's changes; returns null when there is none.</summary>
    /// <exception cref="FormatException">The record cannot be read.</exception>
    public static TuningRecord? Load(string file)
    {
        try
        {
            if (new FileInfo(file) is { Exists: true, Length: > Longest })
                throw new FormatException("it is too long");
            var record = System.Text.Json.JsonSerializer.Deserialize(System.IO.File.ReadAllBytes(file),
                TuningJson.Default.TuningRecord);
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
        catch (Exception problem) when (problem is System.Text.Json.JsonException or IOException
            or UnauthorizedAccessException)
        {
            throw new FormatException(problem.Message);
        }
    }

    /// <summary>The owner that a record names, for messages; "another evaluation" when none can be read.</summary>
    public static string OwnerIn(string file)
    {
        try
        {
            return Load(file)?.Owner ?? "another evaluation";
        }
        catch (FormatException)
        {
            return "another evaluation";
        }
    }

    /// <summary>
    /// The value of a file of the kernel: its first line, or the selected one of several options; null when the file
    /// has no value.
    /// </summary>
    public static string? ValueOf(string file)
    {
        try
        {
            using var reader = new StreamReader(file);
            var line = reader.ReadLine()?.Trim() ?? "";
            // "always [madvise] never"
            var (open, close) = (line.IndexOf('[', StringComparison.Ordinal),
                line.IndexOf(']', StringComparison.Ordinal));
            return open >= 0 && close > open ? line[(open + 1)..close] : line.Length > 0 ? line : null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>
/// A line that an evaluation sends to the tuning helper. A request has one of three meanings: an owner begins to tune,
/// a value is to be written, or, when both are null, all values are to be restored.
/// </summary>
public sealed record TuningRequest
{
    /// <summary>The evaluation that begins to tune the machine, for messages; null for the other requests.</summary>
    public string? Owner { get; set; }

    /// <summary>The value to write; null for the other requests.</summary>
    public KnobWrite? Write { get; set; }
}

/// <summary>The answers of the tuning helper to a request.</summary>
public enum TuningAnswer
{
    /// <summary>The machine may now be tuned, since no other evaluation has tuned it.</summary>
    Ready,
    /// <summary>Another evaluation has tuned the machine, and the helper waits for that evaluation.</summary>
    Waiting,
    /// <summary>The record would not be safe in its folder, so no setting was changed.</summary>
    Unsafe,
    /// <summary>The value was written.</summary>
    Written,
    /// <summary>The kernel did not accept the value.</summary>
    Refused,
    /// <summary>The file or the value is not one that a setting has, so no value was written.</summary>
    NotASetting,
    /// <summary>An earlier value was restored.</summary>
    Restored,
    /// <summary>An earlier value could not be restored, and stays in the record.</summary>
    Left,
    /// <summary>The record could have been written by another user, and is not used.</summary>
    NotTrusted,
    /// <summary>The record cannot be read or removed.</summary>
    Damaged,
    /// <summary>A running evaluation has tuned the machine, so no setting was restored.</summary>
    Busy,
    /// <summary>All settings that could be restored have been restored.</summary>
    Done,
}

/// <summary>A line that the tuning helper sends.</summary>
/// <param name="Answer">The meaning of the line.</param>
/// <param name="Text">The reason or the owner, for messages.</param>
/// <param name="Write">The change that the line is about.</param>
public sealed record TuningReply(TuningAnswer Answer, string? Text = null, KnobWrite? Write = null);

/// <summary>The JSON format of the record, and of the lines between an evaluation and the tuning helper.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(TuningRecord))]
public sealed partial class TuningJson : JsonSerializerContext;
