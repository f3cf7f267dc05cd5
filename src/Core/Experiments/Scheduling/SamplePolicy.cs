using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;

namespace Verus.Artifact.Experiments.Scheduling;

/// <summary>The policy that decides how many good samples a cell gets.</summary>
/// <param name="Fixed">The number that the property Samples asks for; null to use the experiment's number, or
/// <see cref="Default"/>.</param>
/// <param name="Auto">Whether to sample until the confidence interval is narrow enough or <see cref="Cap"/> is
/// reached.</param>
/// <param name="Width">For auto: the interval's full width as a share of the number, such as 0.05.</param>
/// <param name="Cap">For auto: the maximum number of samples.</param>
public sealed record SamplePolicy(int? Fixed, bool Auto = false, double Width = 0.05, int Cap = 40)
{
    /// <summary>
    /// The name of a number of samples that experiments declare in SampleSizes; null when the property Samples is not a
    /// name. An experiment that does not declare the name in the property Samples uses its own number of samples.
    /// </summary>
    public string? Named { get; init; }

    /// <summary>The number of runs over which the samples of a cell are spread.</summary>
    public int Runs { get; init; } = 1;

    /// <summary>
    /// The numbers that were chosen so that predicates can be decided, which apply where neither the property Samples
    /// nor a name gives a number; null when the experiments' own numbers apply. They are computed when first asked for.
    /// </summary>
    public Lazy<SampleChoice>? Choice { get; init; }

    /// <summary>Whether the chosen numbers apply to all experiments.</summary>
    public bool IsChosen => Choice is not null && !Auto && Fixed is null && Named is null;

    /// <summary>
    /// The number of samples when neither the user nor the experiment gives one; artifact guides commonly recommend
    /// four.
    /// </summary>
    public const int Default = 4;

    /// <summary>
    /// The minimum number of samples with automatic sampling: with fewer, a confidence interval of the median is
    /// meaningless (a level of 95% requires six samples).
    /// </summary>
    public const int LeastForAuto = 6;

    private const string Expected = "a whole number of at least 1, or 'auto'";

    /// <summary>
    /// With automatic sampling, the number of samples that are taken after the interval was narrow enough for the first
    /// time. An interval at the very sample that ended the series would be too narrow, since it was chosen because it
    /// was narrow (Stein, Annals of Mathematical Statistics 16, 1945); six more samples bring its coverage back to 95%.
    /// </summary>
    public const int Confirming = 6;

    /// <summary>
    /// Reads the properties Samples, ArtifactSamplesWidth, ArtifactSamplesCap and Runs; a property that is empty has
    /// its default.
    /// </summary>
    /// <exception cref="DiagnosticException">The value of one of the properties is invalid, or automatic sampling is to
    /// be spread over several runs: it ends a series by the samples so far, which cannot show how much later runs will
    /// differ.</exception>
    public static SamplePolicy Parse(string? samples, string? width, string? cap, string? runs = null)
    {
        var auto = string.Equals(samples, "auto", StringComparison.OrdinalIgnoreCase);
        // A value that begins with a letter may be the name of a number of samples; whether an experiment declares this
        // name is known later.
        var named = !auto && samples?.Length > 0 && char.IsLetter(samples[0]) ? samples : null;
        var number = string.IsNullOrEmpty(samples) || auto || named is not null
            ? null : Whole("Samples", samples, Expected, 1);
        var most = string.IsNullOrEmpty(cap)
            ? 40 : Whole("ArtifactSamplesCap", cap, $"a whole number of at least {LeastForAuto}", LeastForAuto);
        var spread = string.IsNullOrEmpty(runs) ? 1 : Whole("Runs", runs, "a whole number of at least 1", 1)!.Value;
        if (auto && spread > 1)
            throw DeclarationRules.BadProperty.Error(SourceLocation.None, "Runs", runs!,
                "1 or empty with Samples=auto, since a series that ends by itself cannot be spread over runs");
        return new SamplePolicy(number, auto, string.IsNullOrEmpty(width) ? 0.05 : Share(width), most!.Value)
        {
            Named = named,
            Runs = spread,
        };
    }

    /// <summary>Checks that an experiment declares the number that the property Samples names.</summary>
    /// <exception cref="DiagnosticException">No experiment declares the name.</exception>
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

    /// <summary>The names that experiments declare in SampleSizes, in order.</summary>
    public static IReadOnlyList<string> NamesOf(IEnumerable<ExperimentDeclaration> experiments) =>
        [.. experiments.SelectMany(experiment => experiment.SampleSizes.Keys)
            .Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>
    /// The number of good samples that a cell of an experiment should have when there is no reason to stop earlier.
    /// </summary>
    public int Target(ExperimentDeclaration experiment) => Auto ? Cap
        : Fixed ?? (Named is not null && experiment.SampleSizes.TryGetValue(Named, out var number)
            ? number
            : Choice?.Value.Targets.TryGetValue(experiment.Name, out var chosen) == true ? chosen
            : experiment.Samples ?? Default);

    /// <summary>The largest number of good samples that a cell of an experiment gets in one run.</summary>
    public int MostInRun(ExperimentDeclaration experiment) =>
        Runs == 1 ? int.MaxValue : (Target(experiment) + Runs - 1) / Runs;

    /// <summary>
    /// How many good samples a cell still needs for now. With automatic sampling, a cell that has the minimum gets one
    /// more sample at a time until the intervals of all of its numbers are narrow enough, and then the confirming
    /// samples.
    /// </summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="count">The number of good samples that the cell has.</param>
    /// <param name="numbers">The numbers of the cell's samples that datasets use, one series for each point.</param>
    /// <param name="statistic">The statistic that turns the samples of a point into one number.</param>
    public int Missing(ExperimentDeclaration experiment, int count, IReadOnlyList<IReadOnlyList<double>> numbers,
        Statistic statistic)
    {
        if (!Auto)
            return Math.Max(0, Target(experiment) - count);
        if (count < LeastForAuto)
            return LeastForAuto - count;
        for (var first = LeastForAuto; first <= count; first++)
            if (numbers.All(series => IsNarrow([.. series.Take(first)], statistic)))
                return Math.Max(0, Math.Min(first + Confirming, Cap) - count);
        return count >= Cap ? 0 : 1;
    }

    /// <summary>
    /// With automatic sampling, why the interval of a cell that has the maximum number of samples is still too wide,
    /// and about how many samples would be enough; null when the interval is narrow enough.
    /// </summary>
    public string? Capped(int count, IReadOnlyList<IReadOnlyList<double>> numbers, Statistic statistic)
    {
        if (!Auto || count < Cap || numbers.All(series => IsNarrow(series, statistic)))
            return null;
        var width = numbers.Max(series => WidthOf(series, statistic));
        return FormattableString.Invariant(
            $"after {Amount.Count(count, "sample")}, the interval is {100 * width:0.#}% wide and not ")
            + FormattableString.Invariant($"{100 * Width:0.#}%")
            + (double.IsFinite(width) ? FormattableString.Invariant(
                $"; about {Math.Ceiling(count * width * width / (Width * Width)):0} would do") : "");
    }

    private bool IsNarrow(IReadOnlyList<double> numbers, Statistic statistic) => WidthOf(numbers, statistic) <= Width;

    private static double WidthOf(IReadOnlyList<double> numbers, Statistic statistic)
    {
        var interval = statistic == Statistic.Mean
            ? Statistics.MeanInterval(numbers) : Statistics.MedianInterval(numbers);
        return interval is { Value: not 0, Low: { } low, High: { } high }
            ? (high - low) / Math.Abs(interval.Value) : double.PositiveInfinity;
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
