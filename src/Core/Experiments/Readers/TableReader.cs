using System.Text.RegularExpressions;
using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Readers;

/// <summary>
/// Rows by a pattern (metadata <c>RowPattern</c>): each match is a row, and its named groups are the fields.
/// </summary>
public sealed class TableReader : IOutputReader
{
    /// <inheritdoc/>
    public string Name => "table";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public IOutputReader Configure(IMetadata metadata)
    {
        var fields = new RowFields(metadata);
        var text = metadata.Required("RowPattern");
        if (UserPattern.Parse(text, multiline: true, out var problem) is not { } pattern)
        {
            metadata.Bad("RowPattern", text, $"a regular expression ({problem})");
            return this;
        }
        foreach (var (metadataName, field) in fields.All
            .Where(one => text.Length > 0 && !pattern.Names.Contains(one.Field)))
            metadata.Bad(metadataName, field, $"a named group of RowPattern, such as (?<{field}>[0-9.]+)."
                + Suggestion.For(field, pattern.Names).TrimEnd('.'));
        return new ConfiguredRows(this, fields, output => Rows(output, pattern));
    }

    /// <inheritdoc/>
    public IReadOnlyList<Reading> Read(SampleOutput output) =>
        throw new FormatException("the reader 'table' was not configured");

    private static IEnumerable<(IRow Row, string? Added)> Rows(string text, UserPattern pattern)
    {
        var (line, at) = (1, 0);
        foreach (var match in pattern.Matches(text))
        {
            line += text.AsSpan(at, match.Index - at).Count('\n');
            at = match.Index;
            if (match.Index + match.Length == text.Length && !text.EndsWith('\n'))
                throw new FormatException($"{RowFields.Line(line)}: the line has no line ending, so it may be cut");
            yield return (new MatchRow(RowFields.Line(line), match, text), null);
        }
    }

    private sealed record MatchRow(string Where, Match Match, string Output) : IRow
    {
        public string? Text(string field) => Match.Groups[field] is { Success: true } group ? group.Value.Trim() : null;

        public double? Number(string field) => Match.Groups[field] is { Success: true, Length: > 0 } group
            ? WholeNumber.Read(Output, group.Index, group.Length, Match.Index) : null;
    }
}
