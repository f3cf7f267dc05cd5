using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Declarations;

/// <summary>
/// The placeholders that a text may have, as they are written in documentation: <c>project</c> stands alone,
/// <c>tool:NAME</c> has a name, and
/// <c>source:NAME/PATH</c> has a name and may have a path behind it. Any other text behind the colon is that text.
/// </summary>
public sealed class PlaceholderSet
{
    private const string AnyName = "NAME", AnyPath = "NAME/PATH";

    private readonly IReadOnlyList<Placeholder> forms;

    /// <summary>A set of these forms.</summary>
    public PlaceholderSet(params IEnumerable<string> forms) =>
        this.forms = [.. forms.Select(form => new Placeholder(form))];

    /// <summary>The kinds that stand alone.</summary>
    public IEnumerable<string> Bare => forms.Where(form => form.Whole is null).Select(form => form.Kind);

    /// <summary>This set and more forms.</summary>
    public PlaceholderSet With(params IEnumerable<string> more) => new(Forms.Concat(more));

    /// <summary>This set without some forms.</summary>
    public PlaceholderSet Without(params IEnumerable<string> less) => new(Forms.Except(less));

    private IEnumerable<string> Forms => forms.Select(form => form.Text);

    /// <summary>Whether a placeholder is one of these.</summary>
    public bool Has(Placeholder placeholder) => forms.Any(form => form.Kind == placeholder.Kind && form.Whole switch
    {
        AnyName => placeholder.Whole is { Length: > 0 },
        AnyPath => placeholder.Name.Length > 0,
        var exactly => placeholder.Whole == exactly,
    });

    /// <summary>Reports a brace that is not closed, and placeholders that mean nothing where they stand.</summary>
    /// <param name="item">The item whose text it is.</param>
    /// <param name="metadata">The metadata.</param>
    /// <param name="text">The text.</param>
    /// <param name="found">What is wrong.</param>
    public void Check(DeclarationItem item, string metadata, Template text, ICollection<Diagnostic> found)
    {
        if (text.IsOpen)
            found.Add(DeclarationRules.OpenBrace.At(item.Where, item.Type, item.Name, metadata, text));
        foreach (var placeholder in text.Placeholders.Distinct().Where(placeholder => !Has(placeholder)))
            found.Add(DeclarationRules.UnknownPlaceholder.At(item.Where, item.Type, item.Name, metadata,
                placeholder.Text, Help(placeholder)));
    }

    /// <summary>The error for a placeholder whose value nobody knows.</summary>
    public DiagnosticException Unknown(DeclarationItem item, string metadata, Placeholder placeholder) =>
        DeclarationRules.UnknownPlaceholder.Error(item.Where, item.Type, item.Name, metadata, placeholder.Text,
            Help(placeholder));

    // The nearest one, then all of them.
    private string Help(Placeholder placeholder)
    {
        var near = Suggestion.Nearest(placeholder.Text,
            Forms.Concat(forms.Where(form => form.Whole is not null).Select(form => form.Kind)),
            Math.Max(2, placeholder.Text.Length / 3));
        var meant = forms.FirstOrDefault(form => form.Kind == placeholder.Kind)
            ?? forms.FirstOrDefault(form => form.Text == near || form.Kind == near);
        return (meant is null ? "" : $" Did you mean {meant}?")
            + (forms.Count == 0 ? " There is none."
                : $" There {(forms.Count == 1 ? "is" : "are")} {string.Join(", ", forms)}.");
    }
}
