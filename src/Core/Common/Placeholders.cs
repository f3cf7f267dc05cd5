using System.Text;

namespace Verus.Artifact.Common;

/// <summary>
/// Expands {name} and {kind:name} in texts of declarations; {{ and }} are braces. What a placeholder means is up to the caller.
/// </summary>
public static class Placeholders
{
    /// <summary>The names in a text, in order, without braces.</summary>
    public static IEnumerable<string> Names(string text)
    {
        var names = new List<string>();
        Expand(text, name =>
        {
            names.Add(name);
            return "";
        });
        return names;
    }

    /// <summary>Whether a brace opens and is not closed.</summary>
    public static bool IsOpen(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('{' or '}'))
                continue;
            if (i + 1 < text.Length && text[i] == text[i + 1])
                i++;
            else if (text[i] == '{' && (i = text.IndexOf('}', i)) < 0)
                return true;
        }
        return false;
    }

    /// <summary>The text with every placeholder replaced by what <paramref name="meaning"/> says.</summary>
    public static string Expand(string text, Func<string, string> meaning)
    {
        if (!text.AsSpan().ContainsAny('{', '}'))
            return text;
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '{' or '}' && i + 1 < text.Length && text[i] == text[i + 1])
                result.Append(text[i++]);
            else if (text[i] == '{' && text.IndexOf('}', i) is var end and > 0)
            {
                result.Append(meaning(text[(i + 1)..end]));
                i = end;
            }
            else
                result.Append(text[i]);
        }
        return result.ToString();
    }
}
