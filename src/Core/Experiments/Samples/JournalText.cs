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

    // {"format":2,"check":"
    private static ReadOnlySpan<byte> Head => "{\"format\":2,\"check\":\""u8;
    private static ReadOnlySpan<byte> Middle => "\","u8;

    /// <summary>The text of journal records, each with its line feed.</summary>
    public static byte[] Of(IEnumerable<JournalLine> lines)
    {
        var text = new MemoryStream();
        foreach (var line in lines)
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(line, JournalJson.Default.JournalLine).AsSpan(1);
            text.Write(Head);
            text.Write(System.Text.Encoding.ASCII.GetBytes(Check(body)));
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
                && Fits(text.Slice(Head.Length, CheckLength), text[start..]))
            {
                byte[] json = [(byte)'{', .. text[start..]];
                var line = JsonSerializer.Deserialize(json, JournalJson.Default.JournalLine);
                return line is not null && JournalCheck.Problem(line) is null ? line : null;
            }
            // A line with a damaged digit in its format number must not be mistaken for a line of another format.
            if (text.Length > start && Fits(text.Slice(Head.Length, CheckLength), text[start..]))
                return null;
            format = FormatOf(text);
        }
        catch (JsonException)
        {
            // Damaged.
        }
        return null;
    }

    /// <summary>
    /// Splits the journal at line feeds without allocating strings, because ten thousand samples may be read at the
    /// start of a run. A line that was returned is valid only until the next one is requested.
    /// </summary>
    public static IEnumerable<(ReadOnlyMemory<byte> Line, bool Whole)> Lines(Stream stream)
    {
        var buffer = new byte[FirstRead];
        for (int start = 0, end = 0, seen = 0; ;)
        {
            var at = Array.IndexOf(buffer, (byte)'\n', seen, end - seen);
            if (at >= 0)
            {
                yield return (buffer.AsMemory(start, at - start), true);
                start = seen = at + 1;
                continue;
            }
            if (start > 0)
                Buffer.BlockCopy(buffer, start, buffer, 0, end - start);
            (start, end) = (0, end - start);
            seen = end;
            if (end == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
            var read = stream.Read(buffer, end, buffer.Length - end);
            if (read == 0)
            {
                if (end > 0)
                    yield return (buffer.AsMemory(0, end), false);
                yield break;
            }
            end += read;
        }
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

    private static bool Fits(ReadOnlySpan<byte> check, ReadOnlySpan<byte> body) =>
        check.SequenceEqual(System.Text.Encoding.ASCII.GetBytes(Check(body)));

    // The checksum covers the format number, so the checksum of a line of another format never matches.
    private static string Check(ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("2:"u8);
        hash.AppendData(body);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, CheckLength / 2));
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
