using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;

namespace Verus.Artifact.Experiments.Scheduling;

/// <summary>How many good samples a cell gets.</summary>
/// <param name="Fixed">The number that the property Samples asks for; null to use the experiment's number, or
/// <see cref="Default"/>.</param>
/// <param name="Auto">True: sample until the confidence interval of the median is narrow enough, or <see cref="Cap"/>
/// is reached.</param>
/// <param name="Width">For auto: the interval's full width as a share of the median, such as 0.05.</param>
/// <param name="Cap">For auto: the maximum number of samples.</param>
public sealed record SamplePolicy(int? Fixed, bool Auto = false, double Width = 0.05, int Cap = 40)
{
    /// <summary>
    /// The name of a number that experiments declare in SampleSizes; null when the property Samples is not a name. An
    /// experiment without this name has its own number.
    /// </summary>
    public string? Named { get; init; }

    /// <summary>
    /// The number of samples when neither the user nor the experiment gives one; artifact guides commonly recommend
    /// four.
    /// </summary>
    public const int Default = 4;

    /// <summary>
    /// For auto: with fewer samples, a confidence interval of the median is meaningless (95% requires six samples).
    /// </summary>
    public const int LeastForAuto = 6;

    private const string Expected = "a whole number of at least 1, or 'auto'";

    /// <summary>
    /// Reads the properties Samples, ArtifactSamplesWidth and ArtifactSamplesCap; empty ones have their defaults.
    /// </summary>
    /// <exception cref="DiagnosticException">One of them is invalid.</exception>
    public static SamplePolicy Parse(string? samples, string? width, string? cap)
    {
        var auto = string.Equals(samples, "auto", StringComparison.OrdinalIgnoreCase);
        // What begins with a letter may be a name; whether an experiment declares it is known later.
        var named = !auto && samples?.Length > 0 && char.IsLetter(samples[0]) ? samples : null;
        var number = string.IsNullOrEmpty(samples) || auto || named is not null
            ? null : Whole("Samples", samples, Expected, 1);
        var most = string.IsNullOrEmpty(cap)
            ? 40 : Whole("ArtifactSamplesCap", cap, $"a whole number of at least {LeastForAuto}", LeastForAuto);
        return new SamplePolicy(number, auto, string.IsNullOrEmpty(width) ? 0.05 : Share(width), most!.Value)
        {
            Named = named
        };
    }

    /// <summary>Checks that an experiment declares the number that the property Samples names.</summary>
    /// <exception cref="DiagnosticException">None does.</exception>
    public void CheckName(IReadOnlyCollection<ExperimentDeclaration> experiments)
    {
        if (Named is null || experiments.Any(experiment => experiment.SampleSizes.ContainsKey(Named)))
            return;
        var known = NamesOf(experiments);
        throw DeclarationRules.BadProperty.Error(SourceLocation.None, "Samples", Named,
            Expected + (known.Count > 0
                ? $", or a name that an experiment declares in SampleSizes ({string.Join(", ", known)})"
                : ", since no experiment declares SampleSizes"));
    }

    /// <summary>The names in the SampleSizes of experiments, in order.</summary>
    public static IReadOnlyList<string> NamesOf(IEnumerable<ExperimentDeclaration> experiments) =>
        [.. experiments.SelectMany(experiment => experiment.SampleSizes.Keys)
            .Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>
    /// The number of good samples that a cell of an experiment should have when there is no reason to stop earlier.
    /// </summary>
    public int Target(ExperimentDeclaration experiment) => Auto ? Cap
        : Fixed ?? (Named is not null && experiment.SampleSizes.TryGetValue(Named, out var number)
            ? number : experiment.Samples ?? Default);

    /// <summary>
    /// How many good samples a cell still needs for now, given the wall times that it has; for auto, one more at a time
    /// after the minimum.
    /// </summary>
    public int Missing(ExperimentDeclaration experiment, IReadOnlyList<double> seconds) =>
        !Auto ? Math.Max(0, Target(experiment) - seconds.Count)
        : seconds.Count < LeastForAuto ? LeastForAuto - seconds.Count
        : seconds.Count >= Cap || IsNarrow(seconds) ? 0 : 1;

    private bool IsNarrow(IReadOnlyList<double> seconds)
    {
        var interval = Statistics.MedianInterval(seconds);
        return interval is { Value: > 0, Low: { } low, High: { } high } && (high - low) / interval.Value <= Width;
    }

    private static int? Whole(string property, string text, string expected, int least) =>
        Amount.ParseWhole(text) is { } number && number >= least
            ? number
            : throw DeclarationRules.BadProperty.Error(SourceLocation.None, property, text, expected);

    private static double Share(string text) =>
        Amount.ParseNumber(text) is { } number and > 0 and < 1
            ? number
            : throw DeclarationRules.BadProperty.Error(SourceLocation.None, "ArtifactSamplesWidth", text,
                "a share between 0 and 1 such as 0.05");
}
