using System.Buffers.Binary;
using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>A cell whose key is known, together with everything that the key depends on.</summary>
public sealed record ResolvedCell
{
    // Half of the memory of a plan would be texts of keys.
    private readonly UInt128 high, low;
    private readonly ExperimentKeys? keys;
    private readonly BoundParts? files;
    private readonly string? generatedHash;
    private readonly IReadOnlyList<KeyPart> given = [];

    /// <summary>A cell without a key, of which only jobs are made.</summary>
    internal ResolvedCell(Cell cell) => Cell = cell;

    /// <summary>A cell with its key.</summary>
    internal ResolvedCell(Cell cell, ReadOnlySpan<byte> hash, ExperimentKeys keys, BoundParts files,
        string? generatedHash)
    {
        (Cell, this.keys, this.files, this.generatedHash) = (cell, keys, files, generatedHash);
        high = BinaryPrimitives.ReadUInt128BigEndian(hash);
        low = BinaryPrimitives.ReadUInt128BigEndian(hash[16..]);
    }

    /// <summary>A cell whose key another evaluation determined.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="key">The key, 64 hexadecimal digits.</param>
    /// <param name="parts">The parts of the key, as far as they are known.</param>
    internal ResolvedCell(Cell cell, string key, IReadOnlyList<KeyPart> parts)
    {
        (Cell, given) = (cell, parts);
        var hash = Convert.FromHexString(key);
        high = BinaryPrimitives.ReadUInt128BigEndian(hash);
        low = BinaryPrimitives.ReadUInt128BigEndian(hash.AsSpan(16));
    }

    /// <summary>The cell.</summary>
    public Cell Cell { get; }

    /// <summary>Hash of the parts: 64 hexadecimal digits.</summary>
    public string Key => $"{high:x32}{low:x32}";

    /// <summary>
    /// The parts that make up the key, as they were when the key was determined. They are made anew for each caller.
    /// </summary>
    public IReadOnlyList<KeyPart> Parts => keys?.PartsOf(Cell, files!, generatedHash, Outputs) ?? given;

    /// <summary>Absolute path of the cell's generated input; null when the cell has none.</summary>
    public string? Generated { get; init; }

    /// <summary>The outputs of other experiments that the cell uses.</summary>
    public IReadOnlyList<UsedOutput> Outputs { get; init; } = [];

    /// <summary>
    /// Why the cell is not available on this machine, which is neither success nor failure; null when it is available.
    /// </summary>
    public string? NotAvailable => files?.NotAvailable;
}
