using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>One value of an axis: the text that commands receive, and the label that tables and figures show.</summary>
/// <param name="Value">The text that replaces a placeholder of the axis.</param>
/// <param name="Label">The text in the dataset's column: the value itself unless it is written as
/// <c>value|label</c>.</param>
public sealed record AxisValue(string Value, string Label)
{
    /// <summary>
    /// Whether the value of the axis is a file: the value is then the file's path with placeholders, and the file's
    /// content is part of the cell's key.
    /// </summary>
    public bool IsFile { get; init; }

    /// <summary>The path of the file that is the value of an axis, with placeholders.</summary>
    public Template Path => Template.Parse(Value);

    /// <summary>
    /// Whether the value follows from others: from a linked file, as an expected outcome does, or by computation. A
    /// value of an axis that follows from other values is not part of the cell's name.
    /// </summary>
    public bool IsDerived { get; init; }

    /// <summary>The arguments that the value becomes where a command contains <c>{args:AXIS}</c>.</summary>
    public IReadOnlyList<Template> Arguments() => Template.All(CommandLine.Split(Value) ?? [Value]);
}

/// <summary>A parameter of an experiment, with its values.</summary>
public sealed record Axis(string Name, IReadOnlyList<AxisValue> Values)
{
    /// <summary>Whether the values of the axis depend on the machine, so that they differ on another machine.</summary>
    public bool IsOfMachine { get; init; }

    /// <summary>The axes that the axis is linked with; null when it is independent.</summary>
    public AxisGroup? Group { get; init; }

    /// <summary>
    /// The formula that computes the axis's values from other axes; null when the values are written in the matrix or
    /// read from files. If an axis has a formula, <see cref="Values"/> contains the formula's results for the values
    /// that the other axes have in the matrix.
    /// </summary>
    internal AxisFormula? Formula { get; init; }

    /// <summary>
    /// The files that the axis's values are read from, as patterns with placeholders; empty when all values are written
    /// in the matrix.
    /// </summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Whether any of the axis's values are files.</summary>
    public bool HasFiles => Values.Any(value => value.IsFile);

    /// <summary>
    /// Whether the axis's values are not known yet because a pin has not been downloaded; one value then stands for all
    /// of them.
    /// </summary>
    public bool IsOpen { get; init; }
}

/// <summary>Linked axes, which are adjacent in the matrix.</summary>
/// <param name="Names">The names of the linked axes.</param>
/// <param name="Rows">The combinations of values that exist: each has one value for every linked axis.</param>
public sealed record AxisGroup(IReadOnlyList<string> Names, IReadOnlyList<IReadOnlyList<AxisValue>> Rows);

/// <summary>
/// The parameter matrix of an experiment: <c>list=single,double; n=1..16</c>. Axes are separated by semicolons, values
/// by commas; <c>1..16</c> is a range of whole numbers, <c>0..100..10</c> one with a step, and <c>value|label</c> gives
/// a value a display name. An axis value that contains a character with a meaning in a matrix is enclosed in single
/// quotes (<see cref="Quoted"/>). Linked axes are joined by <c>&amp;</c>, and so are their values: <c>tool &amp; level
/// = zstd &amp; 1..19, gzip &amp; 1..9</c>. <c>{processors}</c> is the number of processors of this machine:
/// <c>4,12..{processors}..12,{processors}</c>. An axis that contains <c>{processors}</c> is sorted, its duplicate
/// values are removed, and a range up to <c>{processors}</c> may be empty. Values of an axis may be read from files:
/// see <see cref="AxisFiles"/>. The value of an axis may be computed from those of other axes: <c>total := {n} *
/// 1024</c>; see <see cref="ComputedAxes"/>.
/// </summary>
public static class Matrix
{
    /// <summary>Parses a matrix; null with an explanation when it is malformed.</summary>
    public static IReadOnlyList<Axis>? Parse(string text, out string problem) =>
        Parse(text, Environment.ProcessorCount, out problem);

    /// <summary>
    /// Parses a matrix for a machine with the given number of processors; null with an explanation when it is
    /// malformed.
    /// </summary>
    public static IReadOnlyList<Axis>? Parse(string text, int processors, out string problem)
    {
        var axes = Parse(text, processors, new AxisFiles(null, null), out var error);
        problem = error?.Message ?? "";
        return axes;
    }

    /// <summary>Parses a matrix whose values may be read from files.</summary>
    /// <param name="text">The matrix.</param>
    /// <param name="processors">The number of processors of the machine.</param>
    /// <param name="files">Reads the values that are in files.</param>
    /// <param name="problem">The mistake in the matrix; an <see cref="AxisProblem"/> if the mistake has a diagnostic
    /// rule of its own, and null if the matrix is correct.</param>
    internal static IReadOnlyList<Axis>? Parse(string text, int processors, AxisFiles files,
        out FormatException? problem)
    {
        try
        {
            problem = null;
            return new MatrixReader(processors, files).Read(text);
        }
        catch (FormatException error)
        {
            problem = error;
            return null;
        }
    }

    /// <summary>
    /// The axes as text with every value written out; for an axis whose values are read from files, the names of the
    /// files, and for a computed one, its formula.
    /// </summary>
    public static string Text(IReadOnlyList<Axis> axes) =>
        string.Join("; ", axes.Where(axis => IsFirst(axis) || axis.Formula is not null).Select(axis =>
        axis.Formula is { } formula ? $"{axis.Name} := {formula.Text}" : axis.Files.Count > 0
        ? $"{string.Join('&', axis.Group?.Names ?? [axis.Name])} from {string.Join(", ", axis.Files)} ("
            + $"{(axis.IsOpen ? "not here yet" : Amount.Count(axis.Group?.Rows.Count ?? axis.Values.Count, "value"))})"
        : axis.Group is { } group
        ? $"{string.Join('&', group.Names)}="
            + $"{string.Join(',', group.Rows.Select(row => string.Join('&', row.Select(Text))))}"
        : $"{axis.Name}={string.Join(',', axis.Values.Select(Text))}"));

    /// <summary>The number of combinations.</summary>
    public static decimal Size(IReadOnlyList<Axis> axes) => axes.Where(IsFirst).Aggregate(1m, (size, axis) =>
        size > long.MaxValue ? size : size * (axis.Group?.Rows.Count ?? axis.Values.Count));

    /// <summary>
    /// Every combination of the axes' values, the last axis varying fastest, with the values that are computed from
    /// them; one empty combination when there is no axis.
    /// </summary>
    /// <exception cref="AxisProblem">A value cannot be computed, which <see cref="ComputedAxes.Check"/>
    /// finds.</exception>
    public static IEnumerable<IReadOnlyDictionary<string, AxisValue>> Combinations(IReadOnlyList<Axis> axes)
    {
        var first = axes.Where(IsFirst).ToList();
        var computed = ComputedAxes.InOrder(axes);
        string[] names = [.. first.SelectMany(axis => axis.Group?.Names ?? [axis.Name]),
            .. computed.Select(axis => axis.Name)];
        var rows = first.ConvertAll(axis => axis.Group?.Rows.ToArray()
            ?? axis.Values.Select(value => (IReadOnlyList<AxisValue>)[value]).ToArray());
        if (rows.Exists(choices => choices.Length == 0))
            yield break;
        var chosen = new int[rows.Count];
        do
        {
            var values = new AxisValue[names.Length];
            var combination = new Combination(names, values);
            var next = 0;
            for (var i = 0; i < chosen.Length; i++)
                foreach (var value in rows[i][chosen[i]])
                    values[next++] = value;
            foreach (var axis in computed)
                values[next++] = ComputedAxes.ValueOf(axis, combination);
            yield return combination;
        }
        while (Advance(chosen, rows));
    }

    // Chooses the next combination of rows; false after the last one.
    private static bool Advance(int[] chosen, List<IReadOnlyList<AxisValue>[]> rows)
    {
        for (var i = chosen.Length - 1; i >= 0; i--)
        {
            if (++chosen[i] < rows[i].Length)
                return true;
            chosen[i] = 0;
        }
        return false;
    }

    /// <summary>
    /// The matrix of a smoke run: an axis that <paramref name="smoke"/> names has the values that <paramref
    /// name="smoke"/> gives, and any other axis keeps its first value. Existing values keep their labels, whether they
    /// are named by value or by label.
    /// </summary>
    public static IReadOnlyList<Axis> Narrowed(IReadOnlyList<Axis> axes, IReadOnlyList<Axis> smoke) =>
    [
        .. axes.Select(axis => axis.IsOpen || axis.Formula is not null
            ? axis : axis.Group is { } group ? axis with { Group = Narrowed(group, smoke) }
            : smoke.FirstOrDefault(other => other.Name == axis.Name) is { } small
            ? axis with { Values = [.. small.Values.Select(value =>
                axis.Values.FirstOrDefault(own => own.Value == value.Value || own.Label == value.Label) ?? value)] }
            : axis with { Values = [axis.Values[0]] }),
    ];

    /// <summary>
    /// The matrix with some of the values of each axis; of the rows of linked axes, only those whose values are all
    /// kept remain.
    /// </summary>
    /// <param name="axes">The matrix.</param>
    /// <param name="stays">Whether a value is kept, given its axis, the value and its index there.</param>
    public static IReadOnlyList<Axis> Where(IReadOnlyList<Axis> axes, Func<Axis, AxisValue, int, bool> stays)
    {
        var narrow = axes.Select(axis =>
            axis with { Values = [.. axis.Values.Where((value, index) => stays(axis, value, index))] }).ToList();
        return [.. narrow.Select(axis => axis.Group is not { } group ? axis : axis with
        {
            Group =
                group with {
                    Rows = [.. group.Rows.Where(row =>
                        group.Names.Zip(row).Any(pair =>
                            narrow.First(one => one.Name == pair.First).Values.Contains(pair.Second)))] },
        })];
    }

    // The rows of linked axes with a value that the smoke run names, one for each choice of such values; the first row
    // if the smoke run names none.
    private static AxisGroup Narrowed(AxisGroup group, IReadOnlyList<Axis> smoke)
    {
        var named = group.Names.Select((name, index) => (Axis: smoke.FirstOrDefault(other => other.Name == name),
            index)).Where(pair => pair.Axis is not null).ToList();
        return group with
        {
            Rows = named.Count == 0 ? [group.Rows[0]]
                : [.. group.Rows.Where(row =>
                    named.TrueForAll(pair =>
                        pair.Axis!.Values.Any(value =>
                            value.Value == row[pair.index].Value || value.Value == row[pair.index].Label)))
                    .DistinctBy(row => string.Join('\0', named.Select(pair => row[pair.index].Label)))],
        };
    }

    private static bool IsFirst(Axis axis) => axis.Formula is null
        && (axis.Group is not { } group || group.Names[0] == axis.Name);

    private static string Text(AxisValue value) => value.Value == value.Label
        ? Text(value.Value) : $"{Text(value.Value)}|{Text(value.Label)}";

    // An axis value that would be parsed as a range is written in quotes.
    private static string Text(string value) =>
        Quoted.Write(value, value.Contains("..", StringComparison.Ordinal) ? ";,|&." : ";,|&");
}
