using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Declarations;

/// <summary>
/// The placeholders that a text may contain, in the form used in the documentation: <c>project</c> takes no argument,
/// <c>tool:NAME</c> takes a name, and <c>source:NAME/PATH</c> takes a name, optionally followed by a path. In a form of
/// placeholders, any other text after the colon must match literally.
/// </summary>
public sealed class PlaceholderSet
{
    private const string AnyName = "NAME", AnyPath = "NAME/PATH";

    private readonly IReadOnlyList<Placeholder> forms;

    /// <summary>Creates a set of placeholders of the given forms.</summary>
    public PlaceholderSet(params IEnumerable<string> forms) =>
        this.forms = [.. forms.Select(form => new Placeholder(form))];

    /// <summary>The kinds of placeholders that take no argument.</summary>
    public IEnumerable<string> Bare => forms.Where(form => form.Whole is null).Select(form => form.Kind);

    /// <summary>A copy of this set of placeholders with additional forms.</summary>
    public PlaceholderSet With(params IEnumerable<string> more) => new(Forms.Concat(more));

    /// <summary>A copy of this set of placeholders without the given forms.</summary>
    public PlaceholderSet Without(params IEnumerable<string> less) => new(Forms.Except(less));

    private IEnumerable<string> Forms => forms.Select(form => form.Text);

    /// <summary>Whether a placeholder belongs to this set.</summary>
    public bool Has(Placeholder placeholder) => forms.Any(form => form.Kind == placeholder.Kind && form.Whole switch
    {
        AnyName => placeholder.Whole is { Length: > 0 },
        AnyPath => placeholder.Name.Length > 0,
        var exactly => placeholder.Whole == exactly,
    });

    /// <summary>
    /// Reports a brace that is not closed, and placeholders that have no meaning where they are used.
    /// </summary>
    /// <param name="item">The item that the text belongs to.</param>
    /// <param name="metadata">The name of the metadata.</param>
    /// <param name="text">The text.</param>
    /// <param name="found">Collector to which the problems that were found are added.</param>
    public void Check(DeclarationItem item, string metadata, Template text, ICollection<Diagnostic> found)
    {
        if (text.IsOpen)
            found.Add(DeclarationRules.OpenBrace.At(item.Where, item.Type, item.Name, metadata, text));
        foreach (var placeholder in text.Placeholders.Distinct().Where(placeholder => !Has(placeholder)))
            found.Add(DeclarationRules.UnknownPlaceholder.At(item.Where, item.Type, item.Name, metadata,
                placeholder.Text, Help(placeholder)));
    }

    /// <summary>The error for a placeholder whose value is unknown.</summary>
    public DiagnosticException Unknown(DeclarationItem item, string metadata, Placeholder placeholder) =>
        DeclarationRules.UnknownPlaceholder.Error(item.Where, item.Type, item.Name, metadata, placeholder.Text,
            Help(placeholder));

    // Suggests the placeholder with the nearest name, and then lists all placeholders.
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
