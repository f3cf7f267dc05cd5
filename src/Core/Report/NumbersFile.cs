using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Figures;

namespace Verus.Artifact.Report;

/// <summary>
/// Writes the numbers of a report as definitions for the text of a paper in LaTeX, so that no number in the paper is
/// typed by hand: <c>\artifact{Times/sort/1000}</c> is the number of the point with these values of the key columns.
/// </summary>
internal sealed partial class NumbersFile
{
    private const string Head = """
        % Numbers for the text of a paper. \input this file, and write \artifact{NAME} for a number.
        % An unknown NAME is an error of LaTeX, so that a number that is no longer measured is found.
        \makeatletter
        \providecommand{\artifact}[1]{\@ifundefined{artifact@#1}%
          {\PackageError{artifact}{No number is named '#1'}{numbers.tex lists the names.}}%
          {\@nameuse{artifact@#1}}}

        """;

    private readonly ReportText words;
    private readonly StringBuilder text = new(Head.ReplaceLineEndings("\n"));
    private readonly HashSet<string> taken = new(StringComparer.Ordinal);

    private NumbersFile(ReportModel model) => words = new ReportText(model.Folders);

    /// <summary>The content of <c>numbers.tex</c>.</summary>
    public static string Render(ReportModel model) => new NumbersFile(model).All(model);

    private string All(ReportModel model)
    {
        if (model.Figures.Any(figure => figure.IsSmoke))
            text.Append("% ").Append(Wording.Smoke).Append(".\n");
        foreach (var claim in model.Verdicts)
        {
            Define($"claim/{claim.Name}", TeXTable.Escape(VerdictFile.Words(claim.Outcome).ToLowerInvariant()));
            foreach (var predicate in claim.Predicates)
                Number($"predicate/{predicate.Name}", predicate.Value);
        }
        foreach (var dataset in model.Datasets)
            foreach (var point in dataset.Points)
                Point(dataset, point);
        return text.Append("\\makeatother\n").ToString();
    }

    private void Point(Dataset dataset, DataPoint point)
    {
        // Recorded numbers have names of their own, so that no paper shows them as measured.
        var prefix = dataset.Origin == Origin.Recorded ? "recorded/" : "";
        var name = prefix + string.Join('/', dataset.Columns.Select(column => point[column]).Prepend(dataset.Name));
        Number(name, point.Estimate);
        if (point.Estimate is null)
            return;
        Define(name + "/unit", TeXTable.Escape(point.Unit ?? dataset.Unit));
        if (point.Samples.Count > 0)
            Define(name + "/samples", Amount.Count(point.Samples.Count));
    }

    private void Number(string name, Estimate? number)
    {
        if (number is null)
            return;
        var digits = EstimateText.Of(number);
        Define(name, digits.Value);
        if (digits is { Low: { } low, High: { } high })
        {
            Define(name + "/low", low);
            Define(name + "/high", high);
        }
    }

    private void Define(string name, string value)
    {
        // TeX reads these characters in a name as something else.
        name = OfTeX().Replace(words.Line(name), "-");
        if (taken.Add(name))
            text.Append(CultureInfo.InvariantCulture, $@"\@namedef{{artifact@{name}}}{{{value}}}").Append('\n');
    }

    [GeneratedRegex(@"[\\{}%#~^$&]")]
    private static partial Regex OfTeX();
}
