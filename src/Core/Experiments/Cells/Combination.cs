using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>
/// A combination of values, one for each axis of a matrix. All combinations of a matrix share the names of the axes,
/// and a matrix has few axes, so a combination is no more than an array and is searched from its start.
/// </summary>
/// <param name="names">The names of the axes.</param>
/// <param name="values">The values, in the order of the names.</param>
internal sealed class Combination(string[] names, AxisValue[] values) : IReadOnlyDictionary<string, AxisValue>
{
    /// <inheritdoc/>
    public int Count => names.Length;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => names;

    /// <inheritdoc/>
    public IEnumerable<AxisValue> Values => values;

    /// <inheritdoc/>
    public AxisValue this[string key] => TryGetValue(key, out var value) ? value
        : throw new KeyNotFoundException($"The matrix has no axis '{key}'.");

    /// <inheritdoc/>
    public bool ContainsKey(string key) => IndexOf(key) >= 0;

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out AxisValue value)
    {
        var index = IndexOf(key);
        value = index < 0 ? null : values[index];
        return index >= 0;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, AxisValue>> GetEnumerator()
    {
        for (var i = 0; i < names.Length; i++)
            yield return KeyValuePair.Create(names[i], values[i]);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int IndexOf(string name)
    {
        for (var i = 0; i < names.Length; i++)
            if (names[i] == name)
                return i;
        return -1;
    }
}
