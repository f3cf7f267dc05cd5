#:project ../../src/Core/Core.csproj

using System.Diagnostics;
using System.Globalization;
using System.Xml.Linq;
using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Scheduling;

// Simulates samples of which the truth is known, and counts how often verdicts are wrong: see README.md for its usage.
var options = args.Select(arg => arg.Split('=')).ToDictionary(pair => pair[0],
    pair => pair.ElementAtOrDefault(1) ?? "");
var repetitions = int.Parse(options.GetValueOrDefault("repetitions", "400"), CultureInfo.InvariantCulture);
var seed = int.Parse(options.GetValueOrDefault("seed", "1"), CultureInfo.InvariantCulture);
var only = options.GetValueOrDefault("only", "");
if (options.GetValueOrDefault("real") is { Length: > 0 } folder)
    return Real.Judge(folder, repetitions, seed);
if (only == "auto")
    return Automatic.Simulate(repetitions, seed);
if (only == "runs")
    return SeveralRuns.Simulate(repetitions, seed);
var clock = Stopwatch.StartNew();
Console.WriteLine($"seed {seed}, {repetitions} repetitions; all rates in %");
Console.WriteLine(
    "case,statistic,noise,distribution,samples,supported,refuted,inconclusive,note fires,assumptions hold,wrong");
var failures = 0;
foreach (var one in Case.All.Where(one => one.Name.Contains(only, StringComparison.Ordinal)))
    foreach (var statistic in new[] { "median", "mean" })
        foreach (var distribution in Enum.GetValues<Shape>().Where(one.Takes))
            foreach (var noise in one.Noises)
                foreach (var samples in one.Samples)
                    failures += Simulate(one, statistic, distribution, noise, samples) ? 0 : 1;
Console.WriteLine($"{failures} cells are wrong more often than their rules allow; {clock.Elapsed.TotalSeconds:0} s");
return failures == 0 ? 0 : 1;

bool Simulate(Case one, string statistic, Shape shape, double noise, int samples)
{
    var counts = new int[4];
    var fired = 0;
    var all = one.Places > 16 ? Math.Max(1, repetitions / 2) : repetitions;
    Parallel.For(0, all, repetition =>
    {
        var random = new Random(HashCode.Of($"{seed} {one.Name} {statistic} {shape} {noise} {samples} {repetition}"));
        var data = Samples.Of(one.Truth, statistic, shape, noise / 100, samples, random);
        var (outcome, told) = one.Judge(data);
        Interlocked.Increment(ref counts[(int)outcome]);
        if (told)
            Interlocked.Increment(ref fired);
    });
    double Rate(VerdictOutcome outcome) => 100.0 * counts[(int)outcome] / all;
    var (right, wrong) = (Rate(VerdictOutcome.Supported), Rate(VerdictOutcome.NotSupported));
    var holds = Samples.Holds(shape, statistic, samples, one.IsCompared);
    // A rate of wrong verdicts is too high if it exceeds the nominal rate of one side by four standard errors of the
    // simulation.
    double Beyond(double nominal) => nominal + 4 * Math.Sqrt(nominal * (100 - nominal) / all);
    var isBad = one.IsTrue is not true && right > Beyond(2.5) || one.IsTrue is not false && wrong > Beyond(2.5);
    var isWeak = one.Floor is { } floor && floor.Noise == noise && floor.Samples == samples && shape == Shape.Normal
        && right < floor.Least;
    // Names of cases contain commas.
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"\"{one.Name}\",{statistic},{noise},{shape},{samples},")
        + string.Create(CultureInfo.InvariantCulture, $"{right:0.0},{wrong:0.0},{100 - right - wrong:0.0},")
        + string.Create(CultureInfo.InvariantCulture,
            $"{100.0 * fired / all:0},")
        + $"{(holds ? "yes" : "no")},{(isBad ? "WRONG" : isWeak ? "WEAK" : "")}");
    return !(isBad && holds || isWeak);
}

/// <summary>The ways in which simulated samples vary around the truth.</summary>
internal enum Shape
{
    /// <summary>Normal, independent.</summary>
    Normal,
    /// <summary>Exponential, independent.</summary>
    Skewed,
    /// <summary>A quarter of the samples belongs to a second, slower mode.</summary>
    Bimodal,
    /// <summary>Samples are normal, and the machine becomes 10% slower from the first to the last sample.</summary>
    Drifting,
    /// <summary>Half of the samples' variance is that of the machine, with a correlation of 0.5 from sample to
    /// sample.</summary>
    Autocorrelated,
    /// <summary>
    /// Each program has its own correlation of 0.5 between samples of successive rounds, which no order of samples can
    /// break.
    /// </summary>
    SelfCorrelated,
}

/// <summary>Simulated samples, taken in rounds in random order.</summary>
internal static class Samples
{
    /// <summary>
    /// Whether the assumptions of the rules hold: independent samples, and for means and for fewer than six samples
    /// roughly normal ones. An effect of the machine on all samples of a round cancels where they are compared.
    /// </summary>
    public static bool Holds(Shape shape, string statistic, int samples, bool isCompared) => shape switch
    {
        Shape.SelfCorrelated => false,
        Shape.Skewed or Shape.Bimodal => statistic == "median" && samples >= (isCompared ? 6 : 10),
        Shape.Drifting or Shape.Autocorrelated => isCompared,
        _ => true,
    };

    public static Dataset Of(Dataset truth, string statistic, Shape shape, double noise, int samples, Random random)
    {
        var points = truth.Points.ToArray();
        var values = points.Select(_ => new double[samples]).ToArray();
        var times = points.Select(_ => new string[samples]).ToArray();
        var own = new double[points.Length];
        double machine = Normal(random);
        var (time, all) = (0, samples * points.Length);
        for (var round = 0; round < samples; round++)
        {
            var order = Enumerable.Range(0, points.Length).ToArray();
            random.Shuffle(order);
            foreach (var i in order)
            {
                machine = 0.5 * machine + Math.Sqrt(0.75) * Normal(random);
                own[i] = round == 0 ? Normal(random) : 0.5 * own[i] + Math.Sqrt(0.75) * Normal(random);
                var error = shape switch
                {
                    // The distribution is shifted so that its median or its mean, whichever the dataset shows, is zero.
                    Shape.Skewed => -Math.Log(1 - random.NextDouble()) - (statistic == "median" ? Math.Log(2) : 1),
                    Shape.Bimodal => 0.3 * Normal(random) + (random.NextDouble() < 0.25 ? 2.203 : 0)
                        - (statistic == "median" ? 0.1292 : 0.55075),
                    Shape.Autocorrelated => Math.Sqrt(0.5) * (machine + Normal(random)),
                    Shape.SelfCorrelated => own[i],
                    _ => Normal(random),
                };
                if (points[i].Estimate is null)
                    continue;
                var drift = shape == Shape.Drifting ? 0.95 + 0.1 * time / all : 1;
                values[i][round] = points[i].IsExact ? points[i].Estimate!.Value
                    : points[i].Estimate!.Value * (1 + noise * error) * drift;
                times[i][round] = time.ToString("000000", CultureInfo.InvariantCulture);
                time++;
            }
        }
        return truth with
        {
            Statistic = statistic,
            Origin = Origin.Measured,
            Points = [.. points.Select((point, i) => point.Estimate is null ? point : point with
            {
                Samples = values[i],
                Rounds = [.. Enumerable.Range(0, samples).Select(round => $"r/{round}")],
                Started = times[i],
                Estimate = Statistics.Interval(statistic == "mean" ? Statistic.Mean : Statistic.Median, values[i]),
            })],
        };
    }

    /// <summary>A sample of the median 1.</summary>
    public static double One(Shape shape, double noise, Random random) => 1 + noise * (shape == Shape.Skewed
        ? -Math.Log(1 - random.NextDouble()) - Math.Log(2) : Normal(random));

    public static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}

/// <summary>A seed that is derived from a text and is the same in every process.</summary>
internal static class HashCode
{
    public static int Of(string text) => Statistics.SeedOf(text);
}

/// <summary>A statement about points whose truth is known.</summary>
internal sealed record Case(string Name, Dataset Truth, bool? IsTrue, int Places, Func<Dataset, VerdictOutcome> Judged)
{
    private static readonly double[] Usual = [1, 3, 5, 10];
    private static readonly int[] Few = [3, 4, 6, 10, 20];

    public double[] Noises { get; init; } = Usual;
    public int[] Samples { get; init; } = Few;
    public (double Noise, int Samples, double Least)? Floor { get; init; }
    /// <summary>Whether the statement compares points, so that an effect of a round on all of them cancels.</summary>
    public bool IsCompared => !Name.StartsWith("slope", StringComparison.Ordinal)
        && !Name.StartsWith("mean", StringComparison.Ordinal)
        && !Name.StartsWith("residual", StringComparison.Ordinal);

    /// <summary>The shapes of distributions with which the statement is simulated.</summary>
    public bool Takes(Shape shape) => Floor is null || shape == Shape.Normal;

    /// <summary>Judges a simulated dataset, and returns whether a note on its samples was made.</summary>
    public (VerdictOutcome Outcome, bool Told) Judge(Dataset data) =>
        (Judged(data), SampleDiagnosis.Of(data).Count > 0);

    public static IEnumerable<Case> All =>
    [
        // If the truth lies on the bound, the statement is true and becomes false by the smallest change, so neither
        // verdict may be frequent.
        Of("ratio on its bound", "[s=b] / [s=a]", 1, null, Ratios(1)),
        Of("min of 5 on its bound", "min([s=b] / [s=a])", 1, null, Ratios(1, 1, 1, 1, 1)),
        Of("min of 16 on its bound", "min([s=b] / [s=a])", 1, null, Ratios([.. Enumerable.Repeat(1.0, 16)])),
        Of("min of 16, one on its bound", "min([s=b] / [s=a])", 1, null,
            Ratios([1, .. Enumerable.Repeat(1.3, 15)])),
        Of("min of 64 on its bound", "min([s=b] / [s=a])", 1, null,
            Ratios([.. Enumerable.Repeat(1.0, 64)])) with { Noises = [3, 10], Samples = [4, 10, 20] },
        Of("max of 5: up to 2% faster, none is", "max([s=b] / [s=a])", 1.02, false, Ratios(1, 1, 1, 1, 1)),
        Of("max of 16: up to 2% faster, none is", "max([s=b] / [s=a])", 1.02, false,
            Ratios([.. Enumerable.Repeat(1.0, 16)])),
        Of("max of 64 on its bound", "max([s=b] / [s=a])", 1, null,
            Ratios([.. Enumerable.Repeat(1.0, 64)])) with { Noises = [3, 10], Samples = [4, 10, 20] },
        Of("residual on its bound", "max(residual([s=b], n))", null, null, Bent(0.05)),
        Of("residual of a line, at most 5%", "max(residual([s=b], n))", null, true, Bent(0), 0.05),
        Of("growth on its bound", "min(growth([s=b], n) / growth([s=a], n))", 1.5, null,
            Data(("a", 1, 1), ("a", 16, 2), ("b", 1, 1), ("b", 16, 3))),
        Of("count on its bound", "sum(above([s=b] / [s=a], 1.5))", 3, null, Ratios(1.5, 1.5, 1.5, 1, 1, 1, 1, 1)),
        Of("count, none on its bound", "sum(above([s=b] / [s=a], 1.5))", 1, null, Ratios(1.5, 1, 1, 1, 1, 1, 1, 1)),
        Of("geometric mean on its bound", "geomean([s=b] / [s=a])", 1, null, Ratios(0.5, 1, 2, 1)),
        Of("slope on its bound", "max(slope([s=b], n))", null, null, Bent(0), 0.01),
        Of("median of 9 on its bound", "median([s=b] / [s=a])", 1, null, Ratios(1, 1, 1, 1, 1, 1, 1, 1, 1)),
        Of("mean of 4 on its bound", "mean([])", 1, null, Data(("a", 1, 1), ("a", 2, 1), ("a", 3, 1), ("a", 4, 1))),
        Of("floor: min of 64 at 1.05", "min([s=b] / [s=a])", 1, true, Ratios([.. Enumerable.Repeat(1.05, 64)])) with
        {
            Floor = (3, 20, 85), Noises = [3], Samples = [20],
        },
        Of("floor: ratio 10% inside", "[s=b] / [s=a]", 1, true, Ratios(1.1)) with
        {
            Floor = (3, 10, 90), Noises = [3], Samples = [10],
        },
        .. Paper.Cases,
    ];

    private static Case Of(string name, string quantity, double? least, bool? isTrue, Dataset truth,
        double? most = null)
    {
        var value = Value(quantity, truth);
        var predicate = Predicate(quantity, least, least is null ? most ?? value : null);
        return new Case(name, truth, isTrue, truth.Points.Count / 2,
            data => ClaimEvaluator.Judge(predicate, data).Outcome);
    }

    private static double Value(string quantity, Dataset truth) =>
        ClaimEvaluator.Judge(Predicate(quantity, 0, null), truth with { Origin = Origin.Recorded }).Value!.Value;

    internal static PredicateDeclaration Predicate(string quantity, double? least, double? most)
    {
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["Claim"] = "C",
            ["Dataset"] = "D",
            ["Quantity"] = quantity,
        };
        if (least is { } low)
            metadata["AtLeast"] = low.ToString("R", CultureInfo.InvariantCulture);
        if (most is { } high)
            metadata["AtMost"] = high.ToString("R", CultureInfo.InvariantCulture);
        var found = new List<Diagnostic>();
        var predicate = PredicateDeclaration.Parse(new DeclarationItem("Predicate", "P", metadata,
            () => new SourceLocation("bench", 1)), found);
        return found.Count == 0 ? predicate : throw new DiagnosticException(found);
    }

    private static Dataset Ratios(params double[] ratios) => Data([.. ratios.SelectMany((ratio, i) =>
        new[] { ("a", i, 1.0), ("b", i, ratio) })]);

    // Points on a line, except one beside it whose residual is the given share.
    private static Dataset Bent(double share) => Data([.. Enumerable.Range(1, 16)
        .Select(n => ("b", n, 0.55 + 0.01 * n + (n == 8 ? share * 0.64 : 0)))]);

    private static Dataset Data(params (string S, int N, double Value)[] points) => new()
    {
        Name = "D",
        Columns = ["s", "n"],
        Quantity = "time",
        Unit = "s",
        Statistic = "median",
        Origin = Origin.Measured,
        Points = [.. points.Select(point => new DataPoint
        {
            Keys = new Dictionary<string, string>
            {
                ["s"] = point.S, ["n"] = point.N.ToString(CultureInfo.InvariantCulture),
            },
            Estimate = new Estimate(point.Value),
        })],
    };
}

/// <summary>The claims of the paper, with the authors' numbers as the truth.</summary>
internal static class Paper
{
    private static readonly string Folder =
        Path.Combine(Root(), "src", "Verus.Artifact.Suites.Paper");

    public static IEnumerable<Case> Cases
    {
        get
        {
            var recorded = Items("Data.props", "RecordedData", RecordedDataDeclaration.Parse).ToDictionary(
                item => item.Name, item => RecordedDataReader.Read(item, new EvaluationLayout("/", "/")));
            var claims = Items("Claims.props", "Claim", ClaimDeclaration.Parse);
            var predicates = Items("Claims.props", "Predicate", (item, found) =>
                PredicateDeclaration.Parse(item, found));
            foreach (var claim in claims)
            {
                var own = predicates.Where(one => one.Claim == claim.Name).ToList();
                var sets = own.Select(one => one.Dataset).Distinct().ToDictionary(name => name, name => recorded[name]);
                // One dataset with the points of all datasets, so that they are sampled together.
                var all = sets.First().Value with
                {
                    Points = [.. sets.SelectMany(set => set.Value.Points.Select(point => point with
                    {
                        Keys = new Dictionary<string, string>(point.Keys) { ["dataset"] = set.Key },
                        IsExact = set.Key == "MacroStats"
                            && !point["metric"].StartsWith("time", StringComparison.Ordinal),
                    }))],
                };
                yield return new Case($"claim {claim.Name}", all, true, all.Points.Count / 2, data =>
                    ClaimEvaluator.Evaluate([claim], [.. own.Where(one => one.Strength == PredicateStrength.Must)],
                        name => sets[name] with
                        {
                            Statistic = data.Statistic,
                            Origin = Origin.Measured,
                            Points = [.. data.Points.Where(point => point["dataset"] == name)],
                        })[0].Outcome);
            }
        }
    }

    private static List<T> Items<T>(string file, string type, Func<DeclarationItem, ICollection<Diagnostic>, T> parse)
    {
        var found = new List<Diagnostic>();
        var path = Path.Combine(Folder, file);
        return [.. XDocument.Load(path).Descendants(type).Select(item => parse(new DeclarationItem(type,
            item.Attribute("Include")!.Value,
            item.Attributes().ToDictionary(one => one.Name.LocalName, one => one.Value
                .Replace("$(MSBuildThisFileDirectory)", Folder + "/", StringComparison.Ordinal),
                StringComparer.OrdinalIgnoreCase),
            () => new SourceLocation(path, 1)), found))];
    }

    private static string Root()
    {
        var folder = Environment.CurrentDirectory;
        while (!File.Exists(Path.Combine(folder, "verus-artifact.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("Run it in the repository.");
        return folder;
    }
}

/// <summary>
/// Verdicts on real samples of one program under several names, each in the same rounds. The names are dealt at random
/// into two programs at several places, which then are identical.
/// </summary>
internal static class Real
{
    private static readonly int[] Few = [3, 4, 6, 10, 20];

    public static int Judge(string folder, int deals, int seed)
    {
        var all = DatasetFile.Read(folder, "Same", Origin.Measured)
            ?? throw new FileNotFoundException($"There is no dataset 'Same' in {folder}.");
        var rounds = all.Points.Min(point => point.Samples.Count);
        Console.WriteLine($"{all.Points.Count} names, {rounds} rounds, {deals} deals a block, seed {seed}; rates in %");
        Console.WriteLine("quantity,statistic,samples,verdicts,wrong support,wrong refutation,a note fires");
        foreach (var (name, quantity, least, most) in new (string, string, double?, double?)[]
        {
            ("ratio >= 1", "max([s=b; n=0] / [s=a; n=0])", 1, null), ("min >= 1", "min([s=b] / [s=a])", 1, null),
            ("max >= 1.02: up to 2% faster", "max([s=b] / [s=a])", 1.02, null),
            ("residual at most 0.001", "max(residual([s=b], n))", null, 0.001),
        })
            foreach (var statistic in new[] { "median", "mean" })
                foreach (var samples in Few.Where(samples => samples <= rounds))
                    Count(all, name, Case.Predicate(quantity, least, most), statistic, samples, deals, seed);
        return 0;
    }

    private static void Count(Dataset all, string name, PredicateDeclaration predicate, string statistic, int samples,
        int deals, int seed)
    {
        var (verdicts, supported, refuted, told) = (0, 0, 0, 0);
        var blocks = all.Points.Min(point => point.Samples.Count) / samples;
        Parallel.For(0, blocks * deals, deal =>
        {
            var random = new Random(HashCode.Of($"{seed} {samples} {deal}"));
            var data = Deal(all, statistic, deal / deals * samples, samples, random);
            var outcome = ClaimEvaluator.Judge(predicate, data).Outcome;
            Interlocked.Increment(ref verdicts);
            if (outcome == VerdictOutcome.Supported)
                Interlocked.Increment(ref supported);
            if (outcome == VerdictOutcome.NotSupported)
                Interlocked.Increment(ref refuted);
            if (SampleDiagnosis.Of(data).Count > 0)
                Interlocked.Increment(ref told);
        });
        // Identical programs are neither better nor worse, so that one of the two verdicts is no mistake at the bounds
        // that the truth keeps or breaks clearly.
        var isBroken = name.StartsWith("max", StringComparison.Ordinal);
        var isKept = name.StartsWith("residual", StringComparison.Ordinal);
        double Share(int count) => 100.0 * count / verdicts;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name},{statistic},{samples},{verdicts},{(isKept ? 0 : Share(supported)):0.0},")
            + string.Create(CultureInfo.InvariantCulture,
                $"{(isBroken ? 0 : Share(refuted)):0.0},{Share(told):0}"));
    }

    private static Dataset Deal(Dataset all, string statistic, int first, int samples, Random random)
    {
        var points = all.Points.ToArray();
        random.Shuffle(points);
        return all with
        {
            Columns = ["s", "n"],
            Statistic = statistic,
            Points = [.. points.Select((point, i) =>
            {
                double[] own = [.. point.Samples.Skip(first).Take(samples)];
                return point with
                {
                    Keys = new Dictionary<string, string>
                    {
                        ["s"] = i % 2 == 0 ? "a" : "b", ["n"] = (i / 2).ToString(CultureInfo.InvariantCulture),
                    },
                    Samples = own,
                    Rounds = [.. point.Rounds.Skip(first).Take(samples)],
                    Estimate = Statistics.Interval(statistic == "mean" ? Statistic.Mean : Statistic.Median, own),
                };
            })],
        };
    }
}

/// <summary>
/// Simulates samples of several runs that differ: each run shifts each program by an amount of its own, and all
/// programs by a common amount. The limits of verdicts are compared with those that take no notice of runs.
/// </summary>
internal static class SeveralRuns
{
    private static DataPoint OfOneRun(DataPoint point) =>
        point with { Rounds = [.. point.Rounds.Select(round => "r/" + round.Replace('/', '.'))] };

    private const double Noise = 0.03;
    private static readonly int[][] Designs =
        [[20], [10, 10], [4, 4, 4, 4, 4], [2, 2, 2, 2, 2, 2, 2, 2, 2, 2], [12, 2, 2, 2, 2], [1, 1, 1, 1, 1]];

    public static int Simulate(int repetitions, int seed)
    {
        Console.WriteLine($"seed {seed}, {repetitions} repetitions, noise 3%, normal samples");
        Console.WriteLine("quantity,statistic,samples of each run,deviation between runs / within,"
            + "coverage without runs in %,coverage in %,width without runs in %,width in % (medians)");
        foreach (var (name, quantity, places) in new[]
        {
            ("one number", "max([s=a; n=0])", 1), ("ratio", "max([s=b] / [s=a])", 1), ("mean of 4", "mean([s=a])", 4),
            ("geometric mean of 4 ratios", "geomean([s=b] / [s=a])", 4),
        })
            foreach (var statistic in new[] { "median", "mean" })
                foreach (var design in Designs)
                    foreach (var between in new[] { 0, 0.5, 1, 2 })
                        Simulate(name, Case.Predicate(quantity, 1, null), places, statistic, design, between,
                            repetitions, seed);
        return 0;
    }

    private static void Simulate(string name, PredicateDeclaration predicate, int places, string statistic,
        int[] design, double between, int repetitions, int seed)
    {
        var (without, with) = (new double[repetitions], new double[repetitions]);
        var (covered, coveredWithout) = (0, 0);
        Parallel.For(0, repetitions, repetition =>
        {
            var random = new Random(HashCode.Of(
                $"{seed} {name} {statistic} {string.Join(' ', design)} {between} {repetition}"));
            var data = Of(places, statistic, design, between, random);
            var plain = data with { Points = [.. data.Points.Select(OfOneRun)] };
            (with[repetition], var isIn) = Width(predicate, data);
            (without[repetition], var isInWithout) = Width(predicate, plain);
            if (isIn)
                Interlocked.Increment(ref covered);
            if (isInWithout)
                Interlocked.Increment(ref coveredWithout);
        });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name},{statistic},{string.Join(' ', design)},{between},{100.0 * coveredWithout / repetitions:0.0},")
            + string.Create(CultureInfo.InvariantCulture, $"{100.0 * covered / repetitions:0.0},")
            + string.Create(CultureInfo.InvariantCulture,
                $"{100 * Statistics.Median(without):0.00},{100 * Statistics.Median(with):0.00}"));
    }

    private static (double Width, bool IsIn) Width(PredicateDeclaration predicate, Dataset data) =>
        ClaimEvaluator.Judge(predicate, data).Value is { Low: { } low, High: { } high }
            ? (high - low, low <= 1 && high >= 1) : (double.PositiveInfinity, true);

    private static Dataset Of(int places, string statistic, int[] design, double between, Random random)
    {
        var points = Enumerable.Range(0, 2 * places).Select(_ => new List<double>()).ToArray();
        var rounds = new List<string>();
        for (var run = 0; run < design.Length; run++)
        {
            var common = Samples.Normal(random);
            // Half of the variance between runs is common to all points of the run.
            var shifts = points.Select(_ => Math.Sqrt(0.5) * between * (common + Samples.Normal(random))).ToArray();
            for (var round = 0; round < design[run]; round++)
            {
                rounds.Add($"r{run}/{round}");
                for (var i = 0; i < points.Length; i++)
                    points[i].Add(1 + Noise * (shifts[i] + Samples.Normal(random)));
            }
        }
        return new Dataset
        {
            Name = "D",
            Columns = ["s", "n"],
            Quantity = "time",
            Unit = "s",
            Statistic = statistic,
            Origin = Origin.Measured,
            Points = [.. points.Select((samples, i) => new DataPoint
            {
                Keys = new Dictionary<string, string>
                {
                    ["s"] = i % 2 == 0 ? "a" : "b", ["n"] = (i / 2).ToString(CultureInfo.InvariantCulture),
                },
                Samples = samples,
                Rounds = rounds,
                Estimate = Statistics.Interval(statistic == "mean" ? Statistic.Mean : Statistic.Median, samples),
            })],
        };
    }
}

/// <summary>Simulates automatic sampling: what the interval covers after it stopped, and what it costs.</summary>
internal static class Automatic
{
    public static int Simulate(int repetitions, int seed)
    {
        Console.WriteLine($"seed {seed}, {repetitions} repetitions, width 5%, cap 200");
        Console.WriteLine("noise in %,distribution,mean samples,capped in %,coverage in %,"
            + "relative error (sd) in %,of 20 fixed samples in %,samples for the error of 20 fixed ones");
        var isGood = true;
        foreach (var shape in new[] { Shape.Normal, Shape.Skewed })
            foreach (var noise in new[] { 1.0, 2, 3, 5, 10 })
                isGood &= Simulate(shape, noise, repetitions, seed);
        return isGood ? 0 : 1;
    }

    private static bool Simulate(Shape shape, double noise, int repetitions, int seed)
    {
        var policy = SamplePolicy.Parse("auto", null, "200");
        var experiment = new ExperimentDeclaration
        {
            Name = "E",
            Suite = "E",
            Item = new DeclarationItem("Experiment", "E", new Dictionary<string, string>(),
                () => SourceLocation.None),
        };
        var (counts, errors, fixedErrors) = (new int[repetitions], new double[repetitions], new double[repetitions]);
        var covered = 0;
        Parallel.For(0, repetitions, repetition =>
        {
            var random = new Random(HashCode.Of($"{seed} auto {shape} {noise} {repetition}"));
            var samples = new List<double>();
            while (policy.Missing(experiment, samples.Count, [samples], Statistic.Median) is > 0 and var more)
                for (var i = 0; i < more; i++)
                    samples.Add(Samples.One(shape, noise / 100, random));
            var interval = Statistics.MedianInterval(samples)!;
            if (interval.Low <= 1 && interval.High >= 1)
                Interlocked.Increment(ref covered);
            (counts[repetition], errors[repetition]) = (samples.Count, interval.Value - 1);
            fixedErrors[repetition] = Statistics.Of(Statistic.Median,
                [.. Enumerable.Range(0, 20).Select(_ => Samples.One(shape, noise / 100, random))]) - 1;
        });
        static double Size(double[] errors) => Math.Sqrt(errors.Average(error => error * error));
        var (size, other, coverage) = (Size(errors), Size(fixedErrors), 100.0 * covered / repetitions);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{noise},{shape},{counts.Average():0.0},")
            + string.Create(CultureInfo.InvariantCulture,
                $"{100.0 * counts.Count(count => count >= policy.Cap) / repetitions:0.0},{coverage:0.0},")
            + string.Create(CultureInfo.InvariantCulture,
                $"{100 * size:0.00},{100 * other:0.00},{counts.Average() * size * size / (other * other):0.0}"));
        return coverage >= 95 - 400 * Math.Sqrt(0.05 * 0.95 / repetitions);
    }
}
