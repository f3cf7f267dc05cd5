using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Verus.Artifact.Common;

/// <summary>One part of the key of a cell.</summary>
/// <param name="Name">The name of the part, such as <c>argument 2</c> or <c>input lists/single.dfy</c>.</param>
/// <param name="Value">The value of the part, or the hash of its content.</param>
public sealed record KeyPart(string Name, string Value)
{
    /// <summary>Hashes key parts. The hash includes the lengths of names and values, so that different lists of parts
    /// never produce the same text.</summary>
    public static string HashOf(IEnumerable<KeyPart> parts)
    {
        var text = new ArrayBufferWriter<byte>();
        WriteHead(text);
        foreach (var part in parts)
            Write(part, text);
        return Convert.ToHexStringLower(SHA256.HashData(text.WrittenSpan));
    }

    /// <summary>Writes what every text that is hashed begins with.</summary>
    internal static void WriteHead(IBufferWriter<byte> text) => text.Write("key format 1\n"u8);

    /// <summary>Writes the text of a part that is hashed.</summary>
    internal static void Write(KeyPart part, IBufferWriter<byte> text)
    {
        Write(part.Name, (byte)'=', text);
        Write(part.Value, (byte)'\n', text);
    }

    /// <summary>The text of parts that is hashed.</summary>
    internal static byte[] Encoded(IEnumerable<KeyPart> parts)
    {
        var text = new ArrayBufferWriter<byte>();
        foreach (var part in parts)
            Write(part, text);
        return text.WrittenSpan.ToArray();
    }

    private static void Write(string word, byte end, IBufferWriter<byte> text)
    {
        const int mostDigits = 10;
        var room = text.GetSpan(mostDigits + 1);
        word.Length.TryFormat(room, out var digits, provider: CultureInfo.InvariantCulture);
        room[digits] = (byte)':';
        text.Advance(digits + 1);
        Encoding.UTF8.GetBytes(word, text);
        text.GetSpan(1)[0] = end;
        text.Advance(1);
    }
}
