using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Verus.Artifact.Experiments.Samples;

/// <summary>
/// Reads the texts of journals. Most lines of a journal repeat the cell, the key, the run and the machine of other
/// lines, so that equal texts that are close to each other become one object.
/// </summary>
internal sealed class SharedTexts : JsonConverter<string>
{
    // The number of texts that are remembered, each at the place of its hash; a power of two.
    private const int Places = 1 << 13;
    private const int LongestShared = 256;

    [ThreadStatic]
    private static string?[]? remembered;

    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Text(ref reader);

    /// <inheritdoc/>
    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert,
        JsonSerializerOptions options) => Text(ref reader)!;

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value);

    private static string? Text(ref Utf8JsonReader reader)
    {
        if (reader.HasValueSequence || reader.ValueIsEscaped || reader.ValueSpan.Length > LongestShared)
            return reader.GetString();
        var hash = new HashCode();
        hash.AddBytes(reader.ValueSpan);
        ref var place = ref (remembered ??= new string?[Places])[hash.ToHashCode() & (Places - 1)];
        return place is not null && Ascii.Equals(reader.ValueSpan, place) ? place : place = reader.GetString();
    }
}
