using System.Security.Cryptography;
using System.Text.Json;
using Verus.Artifact.Experiments.Cells;

namespace Verus.Artifact.Experiments.Samples;

/// <summary>
/// Reads and writes lines of the journal, which are JSON objects that begin with the format and a checksum of the rest,
/// such as <c>{"format":2,"check":"0123456789abcdef","sample":{...}}</c>. A line of the journal is valid only if its
/// checksum matches and every field is plausible, so that damage is never mistaken for a number.
/// </summary>
internal static class JournalText
{
    private const int CheckLength = 16;
    private const int FirstRead = 1 << 20;
    private const int FirstRoom = 1 << 12;

    // A copy of the line at hand, with what the checksum covers in addition. Each thread has one, since a journal may
    // have a million lines.
    [ThreadStatic]
    private static byte[]? room;

    // {"format":2,"check":"
    private static ReadOnlySpan<byte> Head => "{\"format\":2,\"check\":\""u8;
    private static ReadOnlySpan<byte> Middle => "\","u8;
    // The text that the checksum covers before the rest of the line.
    private static ReadOnlySpan<byte> Covered => "2:"u8;

    /// <summary>The text of journal records, each with its line feed.</summary>
    public static byte[] Of(IEnumerable<JournalLine> lines)
    {
        var text = new MemoryStream();
        Span<byte> check = stackalloc byte[CheckLength];
        foreach (var line in lines)
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(line, JournalJson.Default.JournalLine).AsSpan(1);
            text.Write(Head);
            WriteCheck(body, check);
            text.Write(check);
            text.Write(Middle);
            text.Write(body);
            text.WriteByte((byte)'\n');
        }
        return text.ToArray();
    }

    /// <summary>
    /// The record in a line of the journal; null when the line is damaged. If a line of the journal is intact but has
    /// another format, <paramref name="format"/> is set.
    /// </summary>
    public static JournalLine? Parse(ReadOnlySpan<byte> text, out string? format)
    {
        format = null;
        var start = Head.Length + CheckLength + Middle.Length;
        try
        {
            if (text.Length > start && text.StartsWith(Head)
                && text.Slice(Head.Length + CheckLength, Middle.Length).SequenceEqual(Middle)
                && Fits(text.Slice(Head.Length, CheckLength), text[start..], out var covered))
            {
                // The last byte before the rest of the line becomes the brace that opens the object.
                covered[Covered.Length - 1] = (byte)'{';
                var line = JsonSerializer.Deserialize(covered[(Covered.Length - 1)..],
                    JournalJson.Default.JournalLine);
                return line is not null && JournalCheck.Problem(line) is null ? line : null;
            }
            // A line with a damaged digit in its format number must not be mistaken for a line of another format.
            if (text.Length > start && Fits(text.Slice(Head.Length, CheckLength), text[start..], out _))
                return null;
            format = FormatOf(text);
        }
        catch (JsonException)
        {
            // Damaged.
        }
        return null;
    }

    /// <summary>A line of the journal: its record, or what is wrong with it.</summary>
    /// <param name="Record">The record; null for an empty line and for one that is damaged or of another
    /// format.</param>
    /// <param name="Format">The format of an intact line of another format; else null.</param>
    /// <param name="IsEmpty">Whether the line is empty.</param>
    /// <param name="IsWhole">Whether the line ends with a line feed.</param>
    public readonly record struct ReadLine(JournalLine? Record, string? Format, bool IsEmpty, bool IsWhole);

    /// <summary>
    /// Reads all lines in order. Blocks of lines are parsed side by side, because a journal may have a million lines.
    /// </summary>
    public static IEnumerable<ReadLine> ReadAll(Stream stream)
    {
        // As many blocks are in memory as are parsed at the same time.
        var blocks = new List<ArraySegment<byte>>(Environment.ProcessorCount);
        foreach (var block in Blocks(stream))
        {
            blocks.Add(block);
            if (blocks.Count < Environment.ProcessorCount)
                continue;
            foreach (var line in Parsed())
                yield return line;
        }
        foreach (var line in Parsed())
            yield return line;

        IEnumerable<ReadLine> Parsed()
        {
            var lines = new List<ReadLine>[blocks.Count];
            Parallel.For(0, blocks.Count, i => lines[i] = Parse(blocks[i]));
            blocks.Clear();
            return lines.SelectMany(one => one);
        }
    }

    // Cuts a stream into blocks that end with a line feed, except for the last one if the stream does not end with one.
    private static IEnumerable<ArraySegment<byte>> Blocks(Stream stream)
    {
        byte[] rest = [];
        while (true)
        {
            var buffer = new byte[Math.Max(FirstRead, 2 * rest.Length)];
            rest.CopyTo(buffer, 0);
            var length = rest.Length + stream.ReadAtLeast(buffer.AsSpan(rest.Length), buffer.Length - rest.Length,
                throwOnEndOfStream: false);
            if (length < buffer.Length)
            {
                yield return new ArraySegment<byte>(buffer, 0, length);
                yield break;
            }
            var end = Array.LastIndexOf(buffer, (byte)'\n') + 1;
            rest = buffer[end..];
            if (end > 0)
                yield return new ArraySegment<byte>(buffer, 0, end);
        }
    }

    private static List<ReadLine> Parse(ArraySegment<byte> block)
    {
        var lines = new List<ReadLine>();
        for (ReadOnlySpan<byte> rest = block; rest.Length > 0;)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            string? format = null;
            var record = line.IsEmpty ? null : Parse(line, out format);
            lines.Add(new ReadLine(record, format, line.IsEmpty, end >= 0));
            rest = end < 0 ? [] : rest[(end + 1)..];
        }
        return lines;
    }

    private static string? FormatOf(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text);
        if (!JsonDocument.TryParseValue(ref reader, out var document))
            return null;
        using (document)
        {
            if (reader.BytesConsumed != text.Length || document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("format", out var format)
                || format.ValueKind != JsonValueKind.Number)
                return null;
            return format.TryGetInt32(out var number) && number == JournalLine.CurrentFormat
                ? null : format.GetRawText();
        }
    }

    // Whether a checksum matches; the text that it covers is valid until the thread checks another line.
    private static bool Fits(ReadOnlySpan<byte> check, ReadOnlySpan<byte> body, out Span<byte> covered)
    {
        Span<byte> now = stackalloc byte[CheckLength];
        covered = WriteCheck(body, now);
        return check.SequenceEqual(now);
    }

    // The checksum covers the format number, so the checksum of a line of another format never matches.
    private static Span<byte> WriteCheck(ReadOnlySpan<byte> body, scoped Span<byte> check)
    {
        var length = Covered.Length + body.Length;
        if (room is null || room.Length < length)
            room = new byte[Math.Max(length, 2 * (room?.Length ?? FirstRoom))];
        var covered = room.AsSpan(0, length);
        Covered.CopyTo(covered);
        body.CopyTo(covered[Covered.Length..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(covered, hash);
        Convert.TryToHexStringLower(hash[..(CheckLength / 2)], check, out _);
        return covered;
    }
}

/// <summary>Checks whether the ids, names, paths and numbers of records that were parsed are plausible.</summary>
internal static class JournalCheck
{
    /// <summary>What is wrong with a record; null when nothing is.</summary>
    public static string? Problem(JournalLine line) => (line.Run, line.Cell, line.Sample) switch
    {
        ({ } run, null, null) => Problem(run),
        (null, { } cell, null) => Problem(cell),
        (null, null, { } sample) => Problem(sample),
        _ => "it is not exactly one record",
    };

    private static string? Problem(RunRecord run) =>
        run.Id.Length == 0 || run.MachineId.Length == 0 ? "its run has no id"
        : run.Machine.ValueKind != JsonValueKind.Object ? "its machine is not an object"
        : !DateTimeOffset.TryParse(run.StartedUtc, System.Globalization.CultureInfo.InvariantCulture, out _)
            ? "its start is not a time"
        : run.Tuned is { } tuned
            && (tuned.Settings is null || tuned.MachineIdBefore is null || tuned.Writes is null
                || tuned.Writes.Contains(null!)) ? "its tuning is incomplete"
        : null;

    private static string? Problem(CellRecord cell) =>
        cell.Key.Length == 0 || cell.Cell.Length == 0 ? "its cell has no name or key"
        : cell.Parts.Any(part => part?.Name is null || part.Value is null) ? "a part of its key is incomplete"
        : null;

    private static string? Problem(SampleRecord sample)
    {
        if (!Attempts.IsId(sample.Id) || sample.Cell.Length == 0 || sample.Key.Length == 0 || sample.Run.Length == 0
            || sample.MachineId.Length == 0)
            return "its sample has no id, cell, key, run or machine";
        // The path of a sample's folder is checked because its logs are read again from that path.
        if (Path.IsPathRooted(sample.Logs)
            || sample.Logs.Split('/', '\\') is not ["logs", { Length: > 0 } and not ".." and not ".", var last]
            || last != sample.Id)
            return "it has no logs";
        if (sample.Result.Id != sample.Id || !Enum.IsDefined(sample.Outcome) || !Enum.IsDefined(sample.Result.Outcome))
            return "its result is that of another sample";
        var measured = sample.Result.Measurement;
        if (sample.Outcome == SampleOutcome.Ok && measured is null)
            return "it succeeded without a measurement";
        if (measured is not null
            && (!IsAmount(measured.WallSeconds) || !IsAmount(measured.UserSeconds) || !IsAmount(measured.SystemSeconds)
                || measured.PeakMemoryBytes < 0))
            return "a number of its measurement is not finite";
        // After deserialization, a property that is missing from the JSON text is null, even if its type is declared as
        // not nullable.
        if (sample.Readings is null || sample.ReadBy is null)
            return "its readings are missing";
        return sample.Readings.Any(reading => reading?.Columns is null || reading.Metrics is null
            || reading.Columns.Values.Any(value => value is null)
            || reading.Metrics.Values.Any(value => !double.IsFinite(value)))
            ? "a row of its readings is incomplete" : null;
    }

    private static bool IsAmount(double value) => double.IsFinite(value) && value >= 0;
}
