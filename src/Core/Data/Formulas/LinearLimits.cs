using Verus.Artifact.Common;

namespace Verus.Artifact.Data.Formulas;

/// <summary>
/// Limits of quantities that are smooth functions of the points' numbers.
/// <list type="bullet">
/// <item>A number of one point has the limits of the point: <see cref="Limits"/>.</item>
/// <item>A ratio of two points has the limits of <see cref="RatioLimits"/>.</item>
/// <item>Any other quantity is taken as linear within the noise (the delta method; Casella and Berger, Statistical
/// Inference, section 5.5.4) and judged by Student's t: when samples are paired by rounds, the contributions of all
/// points of a round are added, so that an effect of the round on all points is in one number; otherwise the variances
/// of the points are added, with the degrees of freedom of Welch and Satterthwaite. Sums of medians of fewer than ten
/// samples are assumed to be roughly normal unless they compare points by rounds. A positive quantity that does not
/// depend on the unit of its points is judged by its logarithm. A quantity that is too far from linear has no
/// limits.</item>
/// </list>
/// Where samples of several runs, or what these contribute by rounds, differ between runs by more than chance,
/// Student's t applies to the runs: see <see cref="BetweenRuns"/>.
/// </summary>
internal sealed class LinearLimits
{
    /// <summary>The minimum number of rounds whose samples are compared as pairs.</summary>
    public const int LeastRounds = 6;

    // The step of a numerical derivative, as a share of the standard error.
    private const double Step = 0.01;
    // A step that is large enough to show whether a quantity is a ratio or a straight line.
    private const double Far = 1.5;
    // The largest difference between a quantity and a straight line that is tolerated, as a share of the distance to
    // its limits.
    private const double MostBent = 0.25;
    private const double Same = 1e-6;
    // The largest relative error of a quantity that is judged by its logarithm; a quantity with a larger error may
    // reach zero.
    private const double MostOfLog = 0.2;
    // The share of the variance below which a point is ignored for the degrees of freedom.
    private const double LeastShare = 0.05;
    // The largest share of the skewness of its points that a balanced comparison keeps.
    private const double MostUnbalanced = 0.1;

    private readonly FormulaEvaluator evaluator;
    private readonly Dataset dataset;
    private readonly bool paired;
    private readonly double[] numbers;
    private readonly PointSpread[] spreads;
    private readonly int[] unsure;
    private readonly Dictionary<DataPoint, PointSpread> known = new(ReferenceEqualityComparer.Instance);

    public LinearLimits(FormulaEvaluator evaluator, Dataset dataset, bool paired)
    {
        (this.evaluator, this.dataset, this.paired) = (evaluator, dataset, paired);
        numbers = [.. evaluator.Points.Select(point => point.Estimate!.Value)];
        spreads = [.. evaluator.Points.Select(SpreadOf)];
        unsure = [.. Enumerable.Range(0, numbers.Length).Where(i => !spreads[i].IsExact)];
    }

    /// <summary>Whether samples were compared by rounds for some number of the quantity.</summary>
    public bool ByRounds { get; private set; }

    /// <summary>Whether runs of the samples of some number differ by more than chance, so that limits rest on
    /// runs.</summary>
    public bool ByRuns { get; private set; }

    /// <summary>Whether the number of a point is exact, so that no further sample could change it.</summary>
    public bool IsExact(DataPoint point) => SpreadOf(point).IsExact;

    /// <summary>Returns the numbers of a quantity with their confidence limits.</summary>
    /// <param name="compute">Computes the quantity from a number of each point in each draw.</param>
    public BoundedPoints Of(Func<IReadOnlyList<double[]>, Points> compute)
    {
        if (numbers.Length == 0)
        {
            var known = compute([]);
            return new BoundedPoints(known.Columns, [.. known.Rows.Select(row =>
                Formulas.Bounded.Exact(row.Keys, row.Draws[0]))]);
        }
        var draws = new double[numbers.Length][];
        for (var i = 0; i < draws.Length; i++)
        {
            draws[i] = new double[1 + 3 * unsure.Length];
            Array.Fill(draws[i], numbers[i]);
        }
        for (var j = 0; j < unsure.Length; j++)
        {
            var i = unsure[j];
            draws[i][1 + 3 * j] = numbers[i] + StepOf(i);
            draws[i][2 + 3 * j] = numbers[i] - StepOf(i);
            draws[i][3 + 3 * j] = numbers[i] * Far;
        }
        var points = compute(draws);
        Tangent[] tangents = [.. points.Rows.Select(row => new Tangent(this, row))];
        Bend(compute, tangents);
        return new BoundedPoints(points.Columns, [.. tangents.Select(tangent => tangent.Bounded())]);
    }

    private double StepOf(int i) => spreads[i].Error > 0 ? Step * spreads[i].Error
        : 1e-6 * Math.Max(Math.Abs(numbers[i]), 1e-6);

    private PointSpread SpreadOf(DataPoint point) =>
        known.TryGetValue(point, out var spread) ? spread : known[point] = new PointSpread(point, dataset);

    // Computes the quantities at a distance of two standard errors, to determine how far they are from a straight line.
    private void Bend(Func<IReadOnlyList<double[]>, Points> compute, Tangent[] tangents)
    {
        Tangent[] general = [.. tangents.Where(tangent => tangent.IsGeneral)];
        if (general.Length == 0)
            return;
        var draws = numbers.Select(number => Enumerable.Repeat(number, 2 * general.Length).ToArray()).ToArray();
        for (var at = 0; at < general.Length; at++)
            foreach (var (i, shift) in general[at].TwoErrors())
            {
                draws[i][2 * at] += shift;
                draws[i][2 * at + 1] -= shift;
            }
        var rows = compute(draws).Rows.ToDictionary(QuantityLimits.KeyOf, StringComparer.Ordinal);
        for (var at = 0; at < general.Length; at++)
            general[at].IsBent = !rows.TryGetValue(general[at].Key, out var row)
                || general[at].Differs(row.Draws[2 * at], 2) || general[at].Differs(row.Draws[2 * at + 1], -2);
    }

    /// <summary>One number of the quantity, and how it changes with the numbers of the points.</summary>
    private sealed class Tangent
    {
        private readonly LinearLimits all;
        private readonly Row row;
        private readonly double value;
        private readonly List<(int Point, double Slope)> slopes = [];
        private readonly Dictionary<DataPoint, double> behind = new(ReferenceEqualityComparer.Instance);
        private readonly bool isScaleFree;
        private readonly bool isLog;
        private readonly double variance;

        public Tangent(LinearLimits all, Row row)
        {
            (this.all, this.row, value) = (all, row, row.Draws[0]);
            var (size, degree) = (0.0, 0.0);
            for (var j = 0; j < all.unsure.Length; j++)
            {
                var i = all.unsure[j];
                var slope = (row.Draws[1 + 3 * j] - row.Draws[2 + 3 * j]) / (2 * all.StepOf(i));
                if (slope == 0)
                    continue;
                slopes.Add((i, slope));
                (size, degree) = (size + Math.Abs(slope * all.numbers[i]), degree + slope * all.numbers[i]);
            }
            AddBehind();
            variance = behind.Sum(one => Math.Pow(one.Value * all.SpreadOf(one.Key).Error, 2));
            isScaleFree = Math.Abs(degree) <= Same * size;
            isLog = value > 0 && isScaleFree && Math.Sqrt(variance) <= MostOfLog * value;
        }

        public string Key => QuantityLimits.KeyOf(row);

        public bool IsBent { get; set; }

        public bool IsGeneral => Why().Count == 0 && variance > 0 && !IsLine && !IsRatio;

        private bool IsCensored => slopes.Exists(slope => all.spreads[slope.Point].IsCensored);

        private bool IsLine => slopes.Count == 1
            && IsNear(At(slopes[0].Point) - value, slopes[0].Slope * (Far - 1) * all.numbers[slopes[0].Point]);

        private bool IsRatio => slopes is [var one, var other] && (IsRatioOf(one.Point, other.Point)
            || IsRatioOf(other.Point, one.Point));

        // Returns why the standard error of a number is unknown.
        private List<string> Why() =>
        [
            .. slopes.Select(slope => all.spreads[slope.Point].Why).OfType<string>().Distinct(),
            .. IsCensored && !IsLine && !IsRatio ? ["it depends on points that timed out in more than a ratio"]
                : Array.Empty<string>(),
            .. double.IsNaN(slopes.Sum(slope => slope.Slope)) ? ["it has no value close to the one measured"]
                : Array.Empty<string>(),
        ];

        // The standard error that results if all points, including those computed from the same points, are treated as
        // independent.
        private double SlopedError =>
            Math.Sqrt(slopes.Sum(one => Math.Pow(one.Slope * all.spreads[one.Point].Error, 2)));

        /// <summary>The shifts of the points, by two standard errors together, that change the number most.</summary>
        public IEnumerable<(int Point, double Shift)> TwoErrors()
        {
            var error = SlopedError;
            return slopes.Select(one =>
                (one.Point, 2 * one.Slope * Math.Pow(all.spreads[one.Point].Error, 2) / error));
        }

        public bool Differs(double found, double errors)
        {
            var error = SlopedError;
            var straight = isLog ? value * Math.Exp(errors * error / value) : value + errors * error;
            return !(Math.Abs(found - straight) <= MostBent * Math.Abs(straight - value));
        }

        public Bounded Bounded()
        {
            var why = Why();
            if (IsBent)
                why.Add("it bends too much within the noise of its points for a valid rule");
            var slopesBehind = why.Count == 0 ? behind : null;
            if (why.Count > 0)
                return Formulas.Bounded.Open(row.Keys, value, why);
            if (slopes.Count == 0 || !IsLine && !IsRatio && variance == 0)
                return Formulas.Bounded.Exact(row.Keys, value) with { Slopes = slopesBehind };
            var at = IsLine ? OfLine : IsRatio ? OfRatio() : General();
            return new Bounded(row.Keys, value, Formulas.Bounded.Remembered(at))
            {
                Slopes = slopesBehind,
                Reasons = IsGeneral && IsSkewed()
                    ? ["its samples are too skewed for limits at a level that is divided by a number of points"] : [],
            };
        }

        // A point that is computed from others changes with the points behind it. A change that cancels except for
        // rounding is treated as zero.
        private void AddBehind()
        {
            var largest = new Dictionary<DataPoint, double>(ReferenceEqualityComparer.Instance);
            foreach (var (i, slope) in slopes)
            {
                var point = all.evaluator.Points[i];
                IEnumerable<KeyValuePair<DataPoint, double>> sources =
                    point.Lineage?.Slopes is { } lineage ? lineage : [KeyValuePair.Create(point, 1.0)];
                foreach (var (source, more) in sources)
                {
                    behind[source] = behind.GetValueOrDefault(source) + slope * more;
                    largest[source] = Math.Max(largest.GetValueOrDefault(source), Math.Abs(slope * more));
                }
            }
            foreach (var (source, most) in largest)
                if (Math.Abs(behind[source]) <= Same * most)
                    behind.Remove(source);
        }

        private double At(int point) => row.Draws[3 + 3 * Array.IndexOf(all.unsure, point)];

        private bool IsRatioOf(int above, int below) =>
            all.evaluator.Points[above].Lineage is null && all.evaluator.Points[below].Lineage is null
            && all.numbers[above] > 0 && all.numbers[below] > 0
            && IsNear(At(above), value * Far) && IsNear(At(below), value / Far)
            && (all.spreads[above].Samples.Count > 0 && all.spreads[below].Samples.Count > 0 || IsCensored);

        private static bool IsNear(double found, double expected) =>
            Math.Abs(found - expected) <= Same * Math.Abs(expected);

        private Limits OfLine(double level)
        {
            var (point, slope) = slopes[0];
            var limits = all.spreads[point].At(level);
            all.ByRuns |= all.spreads[point].ByRuns is not null;
            // If the quantity is a multiple of a single point, its limits are the point's limits times that factor,
            // computed directly so that rounding changes nothing.
            if (all.numbers[point] > 0 && value > 0 && IsNear(At(point), value * Far))
                return value == all.numbers[point] ? limits : new Limits(limits.Low * (value / all.numbers[point]),
                    limits.High * (value / all.numbers[point]));
            var (one, other) = (value + slope * (limits.Low - all.numbers[point]),
                value + slope * (limits.High - all.numbers[point]));
            return new Limits(Math.Min(one, other), Math.Max(one, other));
        }

        private Func<double, Limits> OfRatio()
        {
            var isStraight = IsRatioOf(slopes[0].Point, slopes[1].Point);
            var (above, below) = isStraight ? (slopes[0].Point, slopes[1].Point) : (slopes[1].Point, slopes[0].Point);
            var factor = value / (all.numbers[above] / all.numbers[below]);
            // The number of a point that timed out has, at any level, the time limit as its lower limit and no upper
            // limit.
            if (IsCensored)
                return level =>
                {
                    var (upper, lower) = (all.spreads[above].At(level), all.spreads[below].At(level));
                    return new Limits(factor * upper.Low / lower.High, factor * upper.High / lower.Low);
                };
            var (one, other) = (all.spreads[above], all.spreads[below]);
            DataPoint[] points = [all.evaluator.Points[above], all.evaluator.Points[below]];
            var pairs = all.Rounds(points);
            var (left, right) = pairs is null ? (one.Samples, other.Samples) : (pairs.Samples[0], pairs.Samples[1]);
            var runs = pairs is null ? Logarithms(all.RunNumbers(points)) : RunsOf(points, pairs, one.IsMedian);
            all.ByRuns |= runs is not null || pairs is null && (one.ByRuns ?? other.ByRuns) is not null;
            return level =>
            {
                var limits = runs is not null ? RatioLimits.OfRuns(value / factor, runs, level)
                    : pairs is null && (one.ByRuns ?? other.ByRuns) is not null
                        ? OfErrors(above, below, value / factor, level)
                    : one.IsMedian ? RatioLimits.OfMedians(left, right, pairs is not null, level)
                    : RatioLimits.OfMeans(left, right, pairs is not null, level);
                return factor > 0 ? new Limits(factor * limits.Low, factor * limits.High)
                    : new Limits(factor * limits.High, factor * limits.Low);
            };
        }

        // The logarithm of the ratio of each run, if the ratios of rounds differ between runs: for medians the mean of
        // the logarithms of a run's rounds, as it is for rounds, and for means the ratio of the means of the run.
        private static double[]? RunsOf(DataPoint[] points, Shared pairs, bool isMedian)
        {
            if (pairs.Samples.Any(samples => samples.Min() <= 0))
                return null;
            double[] ratios = [.. pairs.Samples[0].Zip(pairs.Samples[1], (upper, lower) => Math.Log(upper / lower))];
            if (RunGroups.Of(points).Unlike(ratios, pairs.Rounds, isMedian) is not { } groupOf)
                return null;
            string[] runs = [.. pairs.Rounds.Select(groupOf)];
            return isMedian ? BetweenRuns.Reduce(ratios, runs, Enumerable.Average)
                : Logarithms([.. pairs.Samples.Select(samples =>
                    BetweenRuns.Reduce(samples, runs, Enumerable.Average))]);
        }

        private static double[]? Logarithms(double[][]? numbers) =>
            numbers is null || numbers.Any(own => own.Min() <= 0) ? null
                : [.. numbers[0].Zip(numbers[1], (upper, lower) => Math.Log(upper / lower))];

        // Samples of which the runs of one point differ, and that have no runs in common: the ratio of two independent
        // numbers with known standard errors.
        private Limits OfErrors(int above, int below, double ratio, double level)
        {
            RatioLimits.Part Part(int i) =>
                new(all.numbers[i], Math.Pow(all.spreads[i].Error, 2), all.spreads[i].Freedom);
            if (!all.spreads[above].IsMedian)
                return RatioLimits.Fieller(Part(above), Part(below), null, level);
            double Variance(int i) => Math.Pow(all.spreads[i].Error / all.numbers[i], 2);
            var limits = Limits.Around(Math.Log(ratio), Math.Sqrt(Variance(above) + Variance(below)),
                Limits.Freedom([(Variance(above), all.spreads[above].Freedom),
                    (Variance(below), all.spreads[below].Freedom)]), level);
            return new Limits(Math.Exp(limits.Low), Math.Exp(limits.High));
        }

        private Func<double, Limits> General()
        {
            var rounds = Rounds();
            var parts = behind.Select(one => (Variance: Math.Pow(one.Value * all.SpreadOf(one.Key).Error, 2),
                all.SpreadOf(one.Key).Freedom)).Where(part => part.Variance > 0).ToList();
            var (usual, least) = (Limits.Freedom(parts), parts.Where(part => part.Variance >= LeastShare * variance)
                .Min(part => (double?)part.Freedom) ?? double.PositiveInfinity);
            var (isSkewed, isBalanced) = (IsSkewed(), IsBalanced());
            var runs = rounds is null ? SumsOfRuns() : null;
            all.ByRuns |= rounds is null && behind.Keys.Any(point => all.SpreadOf(point).ByRuns is not null);
            return level =>
            {
                if (isSkewed && level < Limits.Usual / 2)
                    return Limits.None;
                if (runs is not null)
                    return Around(0, BetweenRuns.ErrorOf(runs), runs.Length - 1, level);
                if (rounds is null)
                    // Satterthwaite's approximation is good enough for usual levels, but not for levels that are
                    // divided by a number of points; for these, the smallest degrees of freedom of any part are used.
                    return Around(0, Math.Sqrt(variance), level < Limits.Usual / 2 ? Math.Min(usual, least) : usual,
                        level);
                var (points, samples) = rounds.Value;
                if (!isBalanced || !IsFactor(points, samples))
                    return ByDistance(points, samples, level);
                var (limits, shift, half) = ByFactor(points, samples, level);
                if (Math.Abs(shift) <= 2 * RatioLimits.MostApart * half)
                    return limits;
                var wider = ByDistance(points, samples, level);
                return new Limits(Math.Min(limits.Low, wider.Low), Math.Max(limits.High, wider.High));
            };
        }

        // The tails of Student's t are far too thin for skewed samples at levels that are divided by a number of points
        // (Hall, The Bootstrap and Edgeworth Expansion, section 2.6).
        private bool IsSkewed() => !IsBalanced() && Math.Abs(SkewnessTest.Of(behind.Keys
            .Select(point => all.SpreadOf(point).Samples)).Z) > SkewnessTest.Unlikely;

        // Whether the skewness of equally shaped samples cancels: the third cumulant of a weighted sum has the cubes of
        // the weights. It cancels in comparisons of two points, of growths and of geometric means.
        private bool IsBalanced()
        {
            double[] cubes = [.. behind.Select(one => Math.Pow(one.Value * one.Key.Estimate!.Value, 3))];
            return isScaleFree && Math.Abs(cubes.Sum()) <= MostUnbalanced * cubes.Sum(Math.Abs);
        }

        private (DataPoint[] Points, Shared Samples)? Rounds()
        {
            DataPoint[] points = [.. behind.Keys.Where(point => all.SpreadOf(point).ErrorOfSamples > 0)];
            return all.Rounds(points) is { } samples ? (points, samples) : null;
        }

        // What each run contributes to the number: the sum, over the points, of the point's number in the run times the
        // slope, so that what a run does to all points is in one number.
        private double[]? SumsOfRuns()
        {
            DataPoint[] points = [.. behind.Keys.Where(point => all.SpreadOf(point).ErrorOfSamples > 0)];
            return all.RunNumbers(points, ofSingles: true) is not { } numbers ? null
                : [.. Enumerable.Range(0, numbers[0].Length).Select(run =>
                    points.Zip(numbers, (point, own) => behind[point] * own[run]).Sum())];
        }

        // Whether the points are medians that may be compared by the logarithms of their samples.
        private bool IsFactor(DataPoint[] points, Shared samples) => points.All(point =>
            all.SpreadOf(point).IsMedian && point.Estimate!.Value > 0) && samples.Samples.All(own => own.Min() > 0);

        // The contribution of a round is the sum, over the points, of the distance of the point's sample from its mean,
        // times the slope. A median has a larger error than a mean of the same samples, so the contributions of its
        // samples are scaled accordingly.
        private Limits ByDistance(DataPoint[] points, Shared samples, double level)
        {
            var sums = Sums(points, samples, i =>
            {
                var spread = all.SpreadOf(points[i]);
                var (mean, weight) = (Statistics.Mean(samples.Samples[i]), behind[points[i]] * spread.ErrorOfSamples
                    * Math.Sqrt(spread.Samples.Count) / Limits.Deviation(spread.Samples));
                return sample => weight * (sample - mean);
            });
            return Around(0, Limits.Deviation(sums) / Math.Sqrt(sums.Length), sums.Length - 1, level);
        }

        // A quantity that does not depend on the unit of its points weighs their logarithms so that the weights cancel.
        // If the distributions of medians differ by factors only, the weighted sum of the logarithms of a round has the
        // expectation of the quantity, whatever the distribution, and what a round does to all points is not in it.
        // The sums are not skewed, since the quantity is balanced.
        // Student's t applies to the sums of rounds, as it does to the ratios of pairs in RatioLimits.OfMedians.
        private (Limits Limits, double Shift, double Half) ByFactor(DataPoint[] points, Shared samples, double level)
        {
            var sums = Sums(points, samples, i =>
            {
                var number = points[i].Estimate!.Value;
                return sample => behind[points[i]] * number * Math.Log(sample / number);
            });
            var (shift, error) = (Statistics.Mean(sums), Limits.Deviation(sums) / Math.Sqrt(sums.Length));
            return (Around(shift, error, sums.Length - 1, level), shift,
                Limits.Quantile(level, sums.Length - 1) * error);
        }

        // The sum of the contributions of each round; or their means in each run, if the sums differ between runs.
        private double[] Sums(DataPoint[] points, Shared samples, Func<int, Func<double, double>> contribution)
        {
            var sums = new double[samples.Rounds.Length];
            for (var i = 0; i < points.Length; i++)
            {
                var of = contribution(i);
                for (var round = 0; round < sums.Length; round++)
                    sums[round] += of(samples.Samples[i][round]);
            }
            if (RunGroups.Of(points).Unlike(sums, samples.Rounds, points.All(point => all.SpreadOf(point).IsMedian))
                is not { } groupOf)
                return sums;
            all.ByRuns = true;
            return BetweenRuns.Reduce(sums, [.. samples.Rounds.Select(groupOf)], Enumerable.Average);
        }

        private Limits Around(double shift, double error, double freedom, double level)
        {
            if (!isLog)
                return Limits.Around(value + shift, error, freedom, level);
            var limits = Limits.Around(Math.Log(value) + shift / value, error / value, freedom, level);
            return new Limits(Math.Exp(limits.Low), Math.Exp(limits.High));
        }
    }

    // The samples of points in the rounds in which each of the points has exactly one sample; null when these rounds
    // are too few, or when rounds are not to be used.
    private Shared? Rounds(IReadOnlyList<DataPoint> points)
    {
        if (!paired || points.Count < 2 || points.Any(point => point.Rounds.Count == 0
            || point.Rounds.Count != point.Samples.Count))
            return null;
        var byRound = points.Select(point => point.Rounds.Zip(SpreadOf(point).Samples)
            .GroupBy(pair => pair.First, StringComparer.Ordinal).Where(group => group.Count() == 1)
            .ToDictionary(group => group.Key, group => group.First().Second, StringComparer.Ordinal)).ToList();
        var shared = byRound[0].Keys.Where(round => byRound.TrueForAll(samples => samples.ContainsKey(round))).ToList();
        if (shared.Count < LeastRounds)
            return null;
        ByRounds = true;
        return new Shared([.. shared],
            [.. byRound.Select(samples => shared.Select(round => samples[round]).ToArray())]);
    }

    // The numbers of points in the runs that all of them share, if some point's runs differ; otherwise null. One sample
    // of each run cannot show whether runs differ, and is taken as the number of its run where this is asked for.
    private double[][]? RunNumbers(IReadOnlyList<DataPoint> points, bool ofSingles = false)
    {
        if (!paired || points.Count < 2 || points.Any(point => point.Rounds.Count != point.Samples.Count
            || point.Rounds.Count == 0))
            return null;
        var groups = RunGroups.Of(points);
        // The larger groups, boots, are on the safe side.
        var groupOf = points.Select(point => groups.Unlike(SpreadOf(point).Samples, point.Rounds,
            SpreadOf(point).IsMedian)).OfType<Func<string, string>>()
            .MinBy(of => points[0].Rounds.Select(of).Distinct().Count())
            ?? (ofSingles && points.All(point => point.Rounds.Select(RunGroups.RunOf).Distinct().Count()
                is var runs and >= Statistics.LeastForInterval && runs == point.Samples.Count)
                ? RunGroups.RunOf : (Func<string, string>?)null);
        if (groupOf is null)
            return null;
        var byRun = points.Select(point => point.Rounds.Select(groupOf).Zip(SpreadOf(point).Samples)
            .GroupBy(pair => pair.First, StringComparer.Ordinal).ToDictionary(group => group.Key,
                group => Statistics.Of(SpreadOf(point).IsMedian ? Statistic.Median : Statistic.Mean,
                    [.. group.Select(pair => pair.Second)]), StringComparer.Ordinal)).ToList();
        var shared = byRun[0].Keys.Where(run => byRun.TrueForAll(own => own.ContainsKey(run))).ToList();
        return shared.Count < 2 ? null : [.. byRun.Select(own => shared.Select(run => own[run]).ToArray())];
    }

    // Samples of several points in the rounds that all of them share.
    private sealed record Shared(string[] Rounds, double[][] Samples);
}
