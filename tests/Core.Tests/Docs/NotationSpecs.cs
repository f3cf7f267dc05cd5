using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Figures;

namespace Verus.Artifact.Tests.Docs;

/// <summary>Tests that docs/notation.md describes what the parsers do, that its grammar is theirs, and that every text
/// can be written.</summary>
public sealed partial class NotationSpecs
{
    private const int Rounds = 2000;

    private static readonly Page Guide = Page.Of("docs/notation.md");

    // The reasons for which a text of the grammar may be refused other than its notation.
    private static readonly string[] MeansNothing =
        ["twice", "no value", "a step is above 0", "values, not", " value, not", "more than 10000 values",
            "is no range", "has no name", "has no value that", "control character", "says something of a file",
            "for all others",
            "has the placeholder", "which its Matrix does not have", "from itself", "which has no value", "deep"];

    private static readonly string[] Pieces =
        ["a", "'", "''", ",", ";", "|", "..", "1", "=", "]", "&", "\"", " ", "it's", "{n}", "ä", "<", ">", "!", ":",
            "'x'", "%3B", "%", "[", "\\", "\t", "\n", "-", "5GiB"];

    [Fact]
    public void Lists_of_the_page_have_the_values_that_it_says() =>
        Hold("## Lists", cells => Notation.List(cells[0][0]).ShouldBe(cells[1]));

    [Fact]
    public void Pairs_of_the_page_have_the_names_and_values_that_it_says() =>
        Hold("## Pairs", cells =>
            Notation.Pairs(cells[0][0]).SelectMany(pair => new[] { pair.Value, pair.Set }).ShouldBe(cells[1]));

    [Fact]
    public void Labels_and_fields_of_the_page_have_the_parts_that_it_says() => Hold("## Labels", cells =>
        (cells[0][0].Contains('=') ? Notation.Fields(cells[0][0]) : Notation.Labelled(cells[0][0]))
            .SelectMany(entry => entry.Set is { } set ? entry.Parts.Append(set) : entry.Parts).ShouldBe(cells[1]));

    [Fact]
    public void Conditions_of_the_page_hold_where_it_says_and_not_elsewhere() => Hold("## Conditions", cells =>
    {
        var conditions = Condition.Parse(cells[0][0], out var problem).ShouldNotBeNull(problem);
        All(cells[1][0]).ShouldBeTrue(cells[1][0]);
        All(cells[2][0]).ShouldBeFalse(cells[2][0]);

        bool All(string point)
        {
            var values = Notation.Pairs(point).ToDictionary(pair => pair.Value, pair => pair.Set!);
            return conditions.All(condition => condition.Holds(values[condition.Name]));
        }
    });

    [Fact]
    public void Axes_of_the_page_have_the_cells_that_it_says() => Hold("## Axes", cells =>
        Matrix.Combinations(Matrix.Parse(cells[0][0], 8, out var problem).ShouldNotBeNull(problem))
            .Select(cell => string.Join(' ', cell.Values.Select(value => value.Value))).ShouldBe(cells[1]));

    [Fact]
    public void Templates_of_the_page_become_what_it_says()
    {
        var values = new Dictionary<string, string> { ["n"] = "4", ["project"] = "/p", ["tool:zstd"] = "/t/zstd" };
        Hold("## Templates", cells =>
            Template.Parse(cells[0][0]).Fill(placeholder => values[placeholder.ToString().Trim('{', '}')])
                .ShouldBe(cells[1][0]));
    }

    [Fact]
    public void Amounts_of_the_page_are_what_it_says()
    {
        foreach (var line in Lines("## Amounts").AtLeastOne())
        {
            var (written, meaning) = (Spans(line[0])[0], Spans(line[1])[0]);
            var number = line[1].EndsWith("bytes", StringComparison.Ordinal) ? Amount.ParseBytes(written)
                : line[1].EndsWith("seconds", StringComparison.Ordinal)
                    ? Amount.ParseSeconds(written) : Amount.ParseNumber(written);
            number.ShouldNotBeNull(written).ShouldBe(double.Parse(meaning, CultureInfo.InvariantCulture), written);
        }
    }

    [Fact]
    public void Forms_of_the_first_table_are_read_by_metadata_of_those_names()
    {
        foreach (var line in Lines("# Notation").AtLeastOne())
            foreach (var name in Spans(line[2]).Where(name => Regex.IsMatch(name, "^[A-Z][A-Za-z]+$")).AtLeastOne())
                EvaluationModel.ItemTypes.SelectMany(type =>
                    Page.Names(Page.Of("docs/reference.md").Section("### " + type))).Append("Request")
                    .ShouldContain(name);
    }

    [Fact]
    public void Texts_of_the_grammar_are_read()
    {
        var random = Seeds.New();
        var grammar = new Grammar(Ebnf().Match(Guide.Text).Groups[1].Value, random);
        var read = new Dictionary<string, Func<string, string?>>
        {
            ["list"] = text => Problem(() => Notation.List(text)),
            ["pairs"] = text => Problem(() => Notation.Pairs(text)),
            ["labels"] = text => Problem(() => Notation.Labelled(text)),
            ["fields"] = text => Problem(() => Notation.Fields(text)),
            ["conditions"] = text => Condition.Parse(text, out var problem) is null ? problem : null,
            ["axes"] = text => Matrix.Parse(text, 4, out var problem) is null ? problem : null,
            ["sum"] = text => Problem(() => AxisFormula.Parse("n", text, 4)),
            ["template"] = text => Template.Parse(text).IsOpen ? "a brace is open" : null,
            ["number"] = text => Amount.ParseNumber(text) is null ? "no number" : null,
            ["whole"] = text => Amount.ParseWhole(text) is null ? "no whole number" : null,
            ["size"] = text => Amount.ParseBytes(text) is null ? "no size" : null,
            ["duration"] = text => Amount.ParseSeconds(text) is null ? "no duration" : null,
        };
        foreach (var (production, parse) in read.AtLeastOne())
        {
            var good = 0;
            for (var round = 0; round < Rounds; round++)
            {
                var text = grammar.Text(production);
                var problem = parse(text);
                if (problem is null)
                    good++;
                else
                    MeansNothing.ShouldContain(reason => problem.Contains(reason, StringComparison.Ordinal),
                        $"{production} <{text}>: {problem}");
            }
            good.ShouldBeGreaterThan(Rounds / 10, production);
        }
        // Every production of the grammar is one of these, or is used by one of them.
        grammar.Used.Order().ShouldBe(grammar.Names.Order());
    }

    [Fact]
    public void Any_text_can_be_a_value_of_every_form()
    {
        var random = Seeds.New();
        for (var round = 0; round < Rounds; round++)
        {
            var (one, two) = (Any(random), Any(random) + "2");
            var (a, b) = (Notation.Write(one), Notation.Write(two));
            Notation.List(Notation.Write([one, two])).ShouldBe([one, two]);
            Notation.List($" {a};{b} ; ").ShouldBe([one, two]);
            var pair = Notation.Pairs(Notation.Write([KeyValuePair.Create(two, one), KeyValuePair.Create("x", two)]));
            pair.Select(entry => (entry.Value, entry.Set)).ShouldBe([(two, one), ("x", two)]);
            if (!two.Contains('\n'))
                Notation.Pair($"{b}={a}").ShouldSatisfyAllConditions(line => line.Value.ShouldBe(two),
                    line => line.Set.ShouldBe(one));
            Notation.Labelled($"{a}|{b}|{a}").ShouldHaveSingleItem().Parts.ShouldBe([one, two, one]);
            var field = Notation.Fields($"{b}|{a}={a}").ShouldHaveSingleItem();
            (field.Parts[0], field.Parts[1], field.Set).ShouldBe((two, one, one));
            var condition = Condition.Parse($"{b}!={a},{b}", out var problem).ShouldNotBeNull(problem)
                .ShouldHaveSingleItem();
            (condition.Name, condition.Values[0], condition.Values[1]).ShouldBe((two, one, two));
            Condition.Parse(condition.ToString(), out problem).ShouldNotBeNull(problem)
                .ShouldHaveSingleItem().Values.ShouldBe(condition.Values);
        }
    }

    [Theory]
    [InlineData("ConstantColumns", "'a;b=1")]
    [InlineData("ConstantColumns", "a='1")]
    [InlineData("ConstantColumns", "a='1'2")]
    [InlineData("Inputs", "x; 'y")]
    [InlineData("Inputs", "'x'y; z")]
    [InlineData("MetricPatterns", "'a=(1)")]
    [InlineData("Matrix", "n='1")]
    [InlineData("Matrix", "n='1'2")]
    [InlineData("Requires", "os='linux")]
    [InlineData("RowColumns", "'a=b")]
    [InlineData("Delimiter", "';")]
    public void A_quote_that_is_not_closed_is_told_wherever_it_stands(string metadata, string value)
    {
        var found = MetadataProbe.Problems("Experiment", name => name == metadata ? value : name == "Command" ? "true"
            : metadata is "RowColumns" or "Delimiter"
                ? name == "Reader" ? "csv" : name == "RowMetrics" ? "m" : null : null);
        var told = found.ShouldHaveSingleItem();
        told.Rule.ShouldBe(DeclarationRules.BadMetadata);
        told.Message.ShouldContain("quote");
    }

    // The form of a value is recognized from the parser's message about an open quote, or about a text that is not an
    // amount.
    [Fact]
    public void Rows_of_the_reference_whose_values_have_a_form_say_which_and_link_to_it()
    {
        var lacking = EvaluationModel.ItemTypes
            .SelectMany(type => Page.Rows(Page.Of("docs/reference.md").Section("### " + type)).AtLeastOne()
            .Select(row => (type, row, form: FormOf(type, row.Name))))
            .Where(one => one.form is { } form
                && !one.row.Cells[1].Contains($"(notation.md#{form})", StringComparison.Ordinal))
            .Select(one => $"{one.type}|{one.row.Name}|{one.form}").ToList();
        lacking.ShouldBeEmpty();
        EvaluationModel.ItemTypes.SelectMany(type =>
            Page.Names(Page.Of("docs/reference.md").Section("### " + type)).Select(name => FormOf(type, name)))
            .Distinct().Count(form => form is not null).ShouldBe(6);
    }

    // Checks that texts of declarations are parsed only by the parsers of this notation.
    [Fact]
    public void Declarations_are_read_by_the_parsers_of_the_notation_and_no_others()
    {
        var files = Directory.EnumerateFiles(Path.Combine(ItemsOfFile.Repository, "src/Core"), "*.cs",
            SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(ItemsOfFile.Repository, "src/Tasks"), "*.cs",
                SearchOption.AllDirectories))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .Select(file => (Name: Path.GetFileName(file), Text: File.ReadAllText(file)))
            .Where(file => ReadsDeclarations().IsMatch(file.Text)).ToList();
        files.Count.ShouldBeGreaterThan(20);
        files.SelectMany(file => OwnParser().Matches(file.Text).Select(match => $"{file.Name}: {match.Value}"))
            .Except(OfAnotherStandard)
            .ShouldBeEmpty();
    }

    // Allowed exceptions: values whose form another standard defines, or that are not declarations.
    private static readonly string[] OfAnotherStandard =
    [
        // The entries of some metadata are lines, which this parser splits.
        "MetadataReader.cs: .Split('\\n'",
        // true and false.
        "MetadataReader.cs: bool.TryParse(", "PropertyValue.cs: bool.TryParse(",
        // Allowed exceptions: commands, which are quoted as in a POSIX shell.
        "MetadataReader.cs: .Split(text", "SlurmKind.cs: .Split(Identity",
        // The allowed exceptions are PATH, paths, URLs, and the output of programs.
        "DeclareEvaluation.cs: .Split(Path.PathSeparator", "PinDeclarations.cs: .Split('/'",
        "SparsePaths.cs: .Split('/'",
        "CsvTableReader.cs: .Split('\\n'",
        "KeyValueReader.cs: .Split('\\n'", "KeyValueReader.cs: .AsSpan().IndexOfAny(':'",
        "MetricPatterns.cs: .IndexOf('\\n'", "JsonRowReader.cs: .LastIndexOf('.'", "JsonRowReader.cs: .IndexOf('.'",
        "JsonRowReader.cs: int.TryParse(", "JsonRowReader.cs: .Split('.'",
    ];

    // Checks that numbers which people write in declarations and in data are parsed in only one way.
    [Fact]
    public void Numbers_are_read_by_one_parser_except_in_formats_that_others_define()
    {
        var found = Directory.EnumerateFiles(Path.Combine(ItemsOfFile.Repository, "src"), "*.cs",
            SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal)
                && NumberParser().IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetRelativePath(Path.Combine(ItemsOfFile.Repository, "src"), file)).ToList();
        found.Order(StringComparer.Ordinal).ShouldBe(NumbersOfOthers.Keys.Order(StringComparer.Ordinal));
        NumbersOfOthers.Values.AtLeastOne().ShouldAllBe(format => format.Length > 0);
    }

    private static readonly IReadOnlyDictionary<string, string> NumbersOfOthers = new Dictionary<string, string>
    {
        ["Core/Common/Amount.cs"] = "the parser",
        ["Core/Common/Fraction.cs"] = "the digits of a number that the parser accepts",
        ["Core/Common/ContentHashes.cs"] = "our own file of hashes",
        ["Core/Common/FileFacts.cs"] = "device numbers in /proc",
        ["Core/Common/FileLock.cs"] = "/proc/locks",
        ["Core/Common/FreePorts.cs"] = "a range of ports in /proc",
        ["Core/Common/Statistics.cs"] = "a hash",
        ["Core/Common/UserPattern.cs"] = "a regular expression",
        ["Core/Containers/ImageBuilder.cs"] = "output of a container engine",
        ["Core/Containers/OwnLimits.cs"] = "/proc/self/limits",
        ["Core/Experiments/Readers/JsonRowReader.cs"] = "the path of a value in JSON",
        ["Core/Experiments/Tuning/KernelKnobs.cs"] = "files of the kernel",
        ["Core/Figures/Picture.cs"] = "SVG",
        ["Core/Machines/RemoteFolder.cs"] = "what machine.sh prints",
        ["Core/Report/InlineSvg.cs"] = "SVG",
        ["Core/Report/SlimSvg.cs"] = "SVG",
        ["Core/Sources/Git.cs"] = "output of git",
        ["Core/Sources/Git.Lfs.cs"] = "output of git",
        ["Core/Sources/LfsPointer.cs"] = "a pointer of git-lfs",
        ["Protocol/CpuList.cs"] = "a list of processors in /sys",
        ["Protocol/MachineStateReader.cs"] = "files of the kernel",
        ["Runner/Cgroups.cs"] = "files of the kernel",
        ["Runner/DisturbanceReading.cs"] = "files of the kernel",
        ["Runner/MemoryGroup.cs"] = "files of the kernel",
        ["Runner/Ownership.cs"] = "user and group, as the engine writes them into the job",
        ["Runner/ProcessTree.cs"] = "files of the kernel",
        ["Runner/ResourceShortage.cs"] = "files of the kernel",
        ["Tasks/DefiningFile.cs"] = "an escape of MSBuild's",
        ["Verus.Artifact.Abstractions/Figures/ICanvas.cs"] = "a color in hexadecimal digits",
        ["Verus.Artifact.Abstractions/Readers/GnuTime.cs"] = "output of GNU time",
        ["Verus.Artifact.Abstractions/Readers/OutputNumber.cs"] = "output of tools",
        ["Verus.Artifact.Abstractions/Readers/WholeNumber.cs"] = "output of tools",
        ["Verus.Artifact.Suites.Paper/Formats/IronKvRun.cs"] = "a file of the paper's scripts",
        ["Verus.Artifact.Suites.Paper/Formats/NodeReplicationFormat.cs"] = "a file of the paper's scripts",
        ["Verus.Artifact.Suites.Paper/Formats/PmLogFormat.cs"] = "a file of the paper's scripts",
        ["Verus.Artifact.Suites.Paper/Formats/RepeatFormat.cs"] = "a file of the paper's scripts",
        ["Verus.Artifact.Suites.Paper/Readers/IronKvClientReader.cs"] = "output of IronKV's client",
        ["Verus.Artifact.Suites.Paper/Readers/MimallocDerivedReader.cs"] = "output of mimalloc's benchmarks",
        ["Verus.Artifact.Suites.Paper/Readers/NodeReplicationReader.cs"] = "output of node replication's benchmark",
    };

    private static string? FormOf(string type, string name)
    {
        var kinds = FigureKinds.Names(ExtensionSet.BuiltIn).Append("").ToList();
        var executors = ExtensionSet.BuiltIn.Executors.Names;
        var readers = ExtensionSet.BuiltIn.Readers.Names.Append("").ToList();
        foreach (var value in new[] { "'", "?" })
            foreach (var kind in type == "Figure" ? kinds : [""])
                foreach (var executor in type == "Experiment" ? executors : [""])
                    foreach (var reader in type is "Experiment" or "RecordedData" ? readers : [""])
                    {
                        var told = MetadataProbe.Problems(type,
                            other => other == name ? value : other == "Kind" && kind.Length > 0 ? kind
                            : other == "Executor" && executor.Length > 0
                                ? executor : other == "Reader" && reader.Length > 0
                                    ? reader : other == "WideFields" ? "a" : null)
                            .FirstOrDefault(problem => problem.Rule == DeclarationRules.BadMetadata
                                && problem.Message.Contains($": {name} is '{value}'", StringComparison.Ordinal));
                        if (told is not null && Form().Match(told.Message) is { Success: true } match)
                            return match.Groups[1].Value switch
                            {
                                "values with semicolons between them, each" or "names such as" => "labels",
                                "values with semicolons" => "lists",
                                "conditions such as" or "lines such as" => "conditions",
                                "axes such as" => "axes",
                                "a size" or "a duration" => "amounts",
                                _ => "pairs",
                            };
                    }
        return null;
    }

    private static string Any(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(0, 6)).Select(_ => Pieces[random.Next(Pieces.Length)]));

    private static string? Problem(Func<object> read)
    {
        try
        {
            read();
            return null;
        }
        catch (FormatException problem)
        {
            return problem.Message;
        }
    }

    private static void Hold(string heading, Action<IReadOnlyList<string>[]> check)
    {
        foreach (var line in Lines(heading).AtLeastOne())
            check([.. line.Select(Spans)]);
    }

    private static IReadOnlyList<IReadOnlyList<string>> Lines(string heading) =>
    [
        .. Guide.Opening(heading).Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && line.Contains('`'))
            .Select(line => Bar().Split(line.Trim()[1..^1]).Select(cell => cell.Trim()).ToArray()),
    ];

    private static IReadOnlyList<string> Spans(string cell) =>
        [.. Span().Matches(cell.Replace("\\|", "|", StringComparison.Ordinal))
        .Select(match => match.Value == "*empty*" ? "" : match.Value.Trim('`'))];

    /// <summary>Makes random texts of a grammar.</summary>
    private sealed partial class Grammar
    {
        private const int MostDepth = 12;
        private readonly Dictionary<string, string[]> productions;
        private readonly HashSet<string> used = [];
        private readonly Random random;
        private int depth;

        public Grammar(string text, Random random)
        {
            this.random = random;
            productions = Production().Matches(text).ToDictionary(match => match.Groups[1].Value,
                match => Token().Matches(match.Groups[2].Value).Select(token => token.Value).ToArray());
            productions.Count.ShouldBeGreaterThan(15);
        }

        public IEnumerable<string> Names => productions.Keys;

        public IEnumerable<string> Used => used;

        public string Text(string name)
        {
            used.Add(name);
            var tokens = productions[name];
            if (tokens is [['?', ..]])
                return Special(name);
            var result = new StringBuilder();
            depth++;
            var end = Alternatives(tokens, 0, result);
            depth--;
            end.ShouldBe(tokens.Length, name);
            return result.ToString();
        }

        // In a recursive production, the first alternative is not recursive, and ends a text that gets too deep.
        private bool IsDeep => depth > MostDepth;

        // Appends one of the alternatives up to the closing sign, and returns the index of that sign.
        private int Alternatives(string[] tokens, int at, StringBuilder? into)
        {
            var starts = new List<int> { at };
            while (at < tokens.Length && tokens[at] is not ("]" or "}" or ")"))
                if (tokens[at++] == "|")
                    starts.Add(at);
                else if (tokens[at - 1] is "[" or "{" or "(")
                    at = Alternatives(tokens, at, null) + 1;
            if (into is not null)
                Sequence(tokens, IsDeep ? starts[0] : starts[random.Next(starts.Count)], into);
            return at;
        }

        private void Sequence(string[] tokens, int at, StringBuilder into)
        {
            while (at < tokens.Length && tokens[at] is not ("]" or "}" or ")" or "|"))
            {
                var token = tokens[at++];
                if (token is "[" or "{" or "(")
                {
                    var times = token == "(" ? 1 : IsDeep ? 0 : token == "[" ? random.Next(2) : random.Next(4);
                    var inner = at;
                    at = Alternatives(tokens, inner, null) + 1;
                    for (; times > 0; times--)
                        Alternatives(tokens, inner, into);
                }
                else if (token[0] == '"')
                    into.Append(token[1..^1]);
                else
                    into.Append(Text(token));
            }
        }

        private string Special(string name) => name switch
        {
            "digits" => random.Next(0, 100).ToString(CultureInfo.InvariantCulture),
            "name" => One("n", "tool", "a-1", "x_y", "level", "q7"),
            "character" => One("a", ";", ",", " ", "|", "=", "&", "..", "\"", "ü", "[", "{"),
            "text" => One("a", " ", "/", "-x", "'", "\"", ";", "ü"),
            "bare" => One("a", "don't", "x y", "-O2", "100%", "ü", "/p/q.c", "1.5", "v1..v2", "{n}", "\"a\"", "a'b'c"),
            _ => throw new InvalidOperationException($"the test knows nothing of '{name}'"),
        };

        private string One(params string[] texts) => texts[random.Next(texts.Length)];

        [GeneratedRegex(@"^(\w+) += (.*?) \.$", RegexOptions.Multiline | RegexOptions.Singleline)]
        private static partial Regex Production();

        [GeneratedRegex("\"[^\"]*\"|\\?[^?]*\\?|\\w+|[][{}()|]")]
        private static partial Regex Token();
    }

    [GeneratedRegex("```ebnf\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Ebnf();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Bar();

    [GeneratedRegex(@"`[^`]*`|\*empty\*")]
    private static partial Regex Span();

    [GeneratedRegex("(values with semicolons between them, each|values with semicolons|names such as|conditions such "
        + "as|lines such as|axes such as|a size|a duration|pairs|lines name=value)")]
    private static partial Regex Form();

    [GeneratedRegex(@"\bMetadataReader\b|\bIMetadata metadata\b|\bPropertyValue\.|record Condition\b|record"
        + @" Template\b")]
    private static partial Regex ReadsDeclarations();

    [GeneratedRegex(@"\b(?:u?int|u?long|u?short|byte|double|float|decimal|BigInteger)\.(?:Try)?Parse\(")]
    private static partial Regex NumberParser();

    [GeneratedRegex(@"\b(?:int|long|double|decimal|bool)\.(?:Try)?Parse\(|\.Split\([^,)]*"
        + @"|(?:\.AsSpan\(\))?\.(?:Last)?IndexOf(?:Any)?\(['""][^,)]*|Regex\.Match\([^,)]*")]
    private static partial Regex OwnParser();
}
