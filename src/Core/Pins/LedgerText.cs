using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Pins;

/// <summary>
/// Replaces references to the ledger in other items: <c>{version:NAME}</c>, <c>{url:NAME}</c> and <c>{sha256:NAME}</c>
/// in any of their metadata become the values of the pin before other metadata are read. References to the ledger allow
/// each version to be written in one place, and make it part of every key that it affects.
/// </summary>
public static class LedgerText
{
    private static readonly string[] OfTheLedger = ["ExternalRepo", "ExternalFile", "ToolPin"];
    private static readonly PlaceholderSet Kinds = new("version:NAME", "url:NAME", "sha256:NAME");

    /// <summary>
    /// The items with references to the ledger replaced; the items of the ledger itself are unchanged.
    /// </summary>
    /// <param name="items">All items.</param>
    /// <param name="ledger">The pins.</param>
    /// <param name="found">List to which an error is added for each name that no pin has.</param>
    public static IReadOnlyList<DeclarationItem> Expand(IReadOnlyList<DeclarationItem> items, PinLedger ledger,
        ICollection<Diagnostic> found)
    {
        var texts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var pin in ledger.Tools)
            texts[$"version:{pin.Name}"] = pin.Version;
        foreach (var file in ledger.Files)
            (texts[$"url:{file.Name}"], texts[$"sha256:{file.Name}"]) = (file.Url, file.Sha256 ?? "");
        return [.. items.Select(item => Expand(item, texts, found))];
    }

    private static DeclarationItem Expand(DeclarationItem item, Dictionary<string, string> texts,
        ICollection<Diagnostic> found)
    {
        if (OfTheLedger.Contains(item.Type)
            || !item.Metadata.Values.Any(text => text.Contains('{', StringComparison.Ordinal)))
            return item;
        var parsed = item.Metadata.ToDictionary(pair => pair.Key, pair => Template.ParseKnown(pair.Value, Kinds.Has),
            StringComparer.OrdinalIgnoreCase);
        return parsed.Values.All(text => !text.Placeholders.Any()) ? item
            : new DeclarationItem(item.Type, item.Name,
                parsed.ToDictionary(pair => pair.Key, pair => pair.Value.Rewrite(one => TextOf(pair.Key, one)),
                    StringComparer.OrdinalIgnoreCase), () => item.Where);

        string TextOf(string metadata, Placeholder placeholder)
        {
            if (texts.TryGetValue(placeholder.Text, out var text))
                return text;
            found.Add(DeclarationRules.UnknownPlaceholder.At(item.Where, item.Type, item.Name, metadata,
                placeholder.Text, Suggestion.For(placeholder.Text, texts.Keys)));
            // A version that stands for a missing one and causes no further message.
            return "0";
        }
    }
}
