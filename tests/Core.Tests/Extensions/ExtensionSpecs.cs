using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Tests.Evaluation;

namespace Verus.Artifact.Tests.Extensions;

/// <summary>
/// Tests readers and formats that extensions provide: they are found, loaded separately, and part of what a call
/// depends on, and their failures are reported.
/// </summary>
public sealed class ExtensionSpecs : EvaluationFixture
{
    private const string One = "return [Reading.Of(\"it\", double.Parse(output.StandardOutput))];";

    [Fact]
    public async Task A_reader_of_an_extension_reads_a_sample()
    {
        Use(Compiled.Reader(Bin, One));
        await MeasuresAsync("it", 7);
        Samples().AtLeastOne().ShouldAllBe(sample => sample.ReadBy.Contains("Mine 1", StringComparison.Ordinal));
        (await BuildAsync()).NothingToDo.ShouldBeTrue();
    }

    [Fact]
    public async Task An_extension_that_was_built_again_is_seen_and_its_samples_are_read_again()
    {
        Use(Compiled.Reader(Bin, One));
        await MeasuresAsync("it", 7);
        Compiled.Reader(Bin, "return [Reading.Of(\"it\", 10 * double.Parse(output.StandardOutput))];");
        (await PlanAsync()).Cells.AtLeastOne().ShouldAllBe(cell => cell.Need == 0);
        await MeasuresAsync("it", 70);
        Samples().Count.ShouldBe(2);
        (await BuildAsync()).NothingToDo.ShouldBeTrue();
    }

    [Fact]
    public async Task A_failed_sample_is_read_again_when_its_extension_changes()
    {
        Use(Compiled.Reader(Bin, "throw new FormatException(\"no number\");"));
        DeclareData("Mine", ("Metric", "it"));
        await BuildAsync();
        Samples().AtLeastOne().ShouldAllBe(sample => sample.Outcome == SampleOutcome.WrongOutput);
        Compiled.Reader(Bin, One);
        await MeasuresAsync("it", 7);
        Samples().Count(sample => sample.Outcome == SampleOutcome.WrongOutput).ShouldBe(1);
    }

    [Fact]
    public async Task Metadata_of_the_readers_own_reach_it_and_are_part_of_what_it_is()
    {
        Use(Compiled.Reader(Bin, "return [Reading.Of(\"it\", factor * double.Parse(output.StandardOutput))];", more: """
            private double factor = 1;
            public IOutputReader Configure(IMetadata metadata)
            {
                if (metadata.Number("Factor") is < 0 and var negative)
                    metadata.Bad("Factor", $"{negative}", "a factor of 0 or more");
                return new TheReader { factor = metadata.Number("Factor") ?? 1 };
            }
            """));
        await MeasuresAsync("it", 14, ("Factor", "2"));
        await MeasuresAsync("it", 21, ("Factor", "3"));
        Samples().Count.ShouldBe(2);
        Problem(("Factor", "-1")).ShouldBe("VART0002");
        Problem(("Faktor", "2")).ShouldBe("VART0003");
    }

    [Fact]
    public void A_reader_has_diagnostics_of_its_own()
    {
        Use(Compiled.Reader(Bin, One, more: """
            private static readonly Verus.Artifact.Diagnostics.DiagnosticRule Odd =
                new("MINE0001", Verus.Artifact.Diagnostics.Severity.Error, "Odd", "Experiment '{0}' is odd: {1}.");
            public IOutputReader Configure(IMetadata metadata) { metadata.Report(Odd, metadata.ItemName, 7); return this; }
            """));
        Problem().ShouldBe("MINE0001");
    }

    [Fact]
    public async Task A_format_of_an_extension_is_written()
    {
        Use(Compiled.To(Bin, "Formats", """
            using Verus.Artifact.Extensions;
            public sealed class Lines : IDatasetFormat
            {
                public string Name => "my-lines";
                public int Version => 1;
                public System.Collections.Generic.IReadOnlyList<FormatFile> Write(IReadOnlyList<Observation> observations) =>
                    [new("lines.txt", string.Concat(observations.Select(one => $"{one.Experiment} {(one.Metrics.ContainsKey("wall") ? "measured" : "not")}\n")))];
            }
            """));
        DeclareData(reader: null, ("Formats", "my-lines"));
        (await BuildAsync()).Errors.ShouldBeEmpty();
        File.ReadAllText(Path.Combine(Layout.Data, "formats/lines.txt")).ShouldBe("E measured\nE measured\n");
        (await BuildAsync()).NothingToDo.ShouldBeTrue();
        Declare("Dataset", "D", ("Experiments", "E"), ("Formats", "my-line"));
        Problems().Single().Message.ShouldContain("my-lines");
    }

    [Theory]
    [InlineData("../out.txt")]
    [InlineData("/tmp/out.txt")]
    [InlineData("")]
    [InlineData("..")]
    public void A_format_writes_nowhere_else(string name)
    {
        Use(Compiled.To(Bin, "Formats", $$"""
            using Verus.Artifact.Extensions;
            public sealed class Lines : IDatasetFormat
            {
                public string Name => "my-lines";
                public int Version => 1;
                public System.Collections.Generic.IReadOnlyList<FormatFile> Write(IReadOnlyList<Observation> observations) => [new("{{name}}", "")];
            }
            """));
        DeclareData(reader: null, ("Formats", "my-lines"));
        Problems().Select(error => error.Rule.Code).ShouldBe(["VART5010"]);
    }

    [Fact]
    public async Task A_reader_that_fails_fails_its_sample_and_says_how()
    {
        Use(Compiled.Reader(Bin, "return [Reading.Of(\"it\", Bad(new int[1], output.StandardOutput.Length))];",
            more: "private static double Bad(int[] numbers, int at) => numbers[at];"));
        DeclareData("Mine");
        await BuildAsync();
        Samples().Select(sample => sample.Why).Distinct().ShouldHaveSingleItem().ShouldBe(
            "the reader 'Mine' failed: IndexOutOfRangeException: Index was outside the bounds of the array.");
    }

    [Theory]
    [InlineData("public IOutputReader Configure(IMetadata metadata) => throw new InvalidOperationException(\"not "
        + "today\");", "VART0144", "not today")]
    [InlineData("public TheReader() => throw new InvalidOperationException(\"not today\");", "VART0144", "not today")]
    [InlineData("static TheReader() => throw new InvalidOperationException(\"not today\");", "VART0144", "not today")]
    public void Code_that_fails_elsewhere_is_one_error(string more, string code, string says)
    {
        Use(Compiled.Reader(Bin, One, more: more));
        DeclareData("Mine");
        var errors = Problems();
        errors.Select(error => error.Rule.Code).ShouldBe([code]);
        errors.Single().Message.ShouldContain(says);
        errors.Single().Message.ShouldNotContain(" at ");
    }

    [Fact]
    public async Task Two_extensions_have_two_versions_of_one_library()
    {
        foreach (var number in new[] { 1, 2 })
        {
            var folder = Path.Combine(Bin, $"{number}");
            var library = Compiled.To(folder, "Shared",
                $"public static class Numbers {{ public static double Mine => {number}; }}");
            Use(Compiled.To(folder, $"Reader{number}", $$"""
                using Verus.Artifact.Extensions;
                public sealed class TheReader : IOutputReader
                {
                    public string Name => "Reader{{number}}";
                    public int Version => 1;
                    public IReadOnlyList<Reading> Read(SampleOutput output) => [Reading.Of("it", Numbers.Mine)];
                }
                """, library, Compiled.Contracts));
            await MeasuresAsync("it", number, reader: $"Reader{number}");
        }
    }

    [Fact]
    public async Task An_extension_that_was_built_against_an_older_contract_works()
    {
        // The contract as its first version may have been, without members that were added later.
        var old = Compiled.To(Path.Combine(Bin, "old"), "Verus.Artifact.Abstractions", """
            [assembly: System.Reflection.AssemblyVersion("1.0.0.0")]
            namespace Verus.Artifact.Extensions;
            public interface INamed { string Name { get; } int Version { get; } }
            public class SampleOutput(string one, string two) { public string StandardOutput => one + two; }
            public sealed record Reading(IReadOnlyDictionary<string, string> Columns, IReadOnlyDictionary<string, double> Metrics);
            public interface IOutputReader : INamed { IReadOnlyList<Reading> Read(SampleOutput output); }
            """);
        Use(Compiled.To(Bin, "Old", """
            using Verus.Artifact.Extensions;
            public sealed class TheReader : IOutputReader
            {
                public string Name => "Old";
                public int Version => 1;
                public IReadOnlyList<Reading> Read(SampleOutput output) =>
                    [new Reading(new Dictionary<string, string>(), new Dictionary<string, double> { ["it"] = double.Parse(output.StandardOutput) })];
            }
            """, old));
        await MeasuresAsync("it", 7, reader: "Old");
    }

    [Theory]
    [InlineData("1.99.0.0", "was built against version 1.99")]
    [InlineData("2.0.0.0", "was built against version 2.0")]
    [InlineData("0.9.0.0", "was built against version 0.9")]
    public void One_for_another_version_of_the_contracts_is_refused(string version, string says)
    {
        var other = Compiled.To(Path.Combine(Bin, "other"), "Verus.Artifact.Abstractions", $$"""
            [assembly: System.Reflection.AssemblyVersion("{{version}}")]
            namespace Verus.Artifact.Extensions;
            public interface INamed { string Name { get; } int Version { get; } }
            """);
        Use(Compiled.To(Bin, "Other",
            "public sealed class One : Verus.Artifact.Extensions.INamed { public string Name => \"x\"; public int "
                + "Version => 1; }", other));
        Problems().Single().ShouldSatisfyAllConditions(
            problem => problem.Rule.Code.ShouldBe("VART0142"),
            problem => problem.Message.ShouldContain(says));
    }

    public static TheoryData<string, string, string> Bad => new()
    {
        { "", "VART0140", "" },
        { "text", "VART0140", "not a .NET assembly" },
        { "folder", "VART0140", "folder" },
        { "native", "VART0140", "not a .NET assembly" },
        { "nothing", "VART0142", "does not refer to" },
        { "empty", "VART0143", "no public class" },
        { "hidden", "VART0143", "no public class" },
        { "taken", "VART0143", "'json" },
        { "twice", "VART0143", "has already" },
        { "nameless", "VART0143", "without a name" },
        { "lacking", "VART0141", "Gone" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_cannot_be_used_is_one_error_at_its_item(string kind, string code, string says)
    {
        const string Usings = "using Verus.Artifact.Extensions; ";
        const string Body = "public int Version => 1; public IReadOnlyList<Reading> Read(SampleOutput output) => []; }";
        var taken = ExtensionSet.BuiltIn.Readers.Names[0];
        var gone = kind == "lacking" ? Compiled.To(Path.Combine(Bin, "gone"), "Gone", "public class Base { }") : "";
        var file = kind switch
        {
            "" => Path.Combine(Bin, "none.dll"),
            "text" => Written("hello"),
            "folder" => Directory.CreateDirectory(Path.Combine(Bin, "folder.dll")).FullName,
            "native" => "/bin/true",
            "nothing" => Compiled.To(Bin, "X", "public class Y { public Y(IEnumerable<int> one) { } }",
                typeof(object).Assembly.Location),
            "empty" => Compiled.To(Bin, "X", Usings + "public class Y { public static Reading? One; }"),
            "hidden" => Compiled.To(Bin, "X",
                Usings + "class Y : IOutputReader { public string Name => \"y\"; " + Body),
            "taken" => Compiled.To(Bin, "X",
                Usings + $"public class Y : IOutputReader {{ public string Name => \"{taken.ToUpperInvariant()}\"; "
                    + Body),
            "twice" => Compiled.To(Bin, "X",
                Usings + "public class Y : IOutputReader { public string Name => \"y\"; " + Body
                + "public class Z : IOutputReader { public string Name => \"Y\"; " + Body),
            "nameless" => Compiled.To(Bin, "X",
                Usings + "public class Y : IOutputReader { public string Name => \"\"; " + Body),
            _ => Lacking(Compiled.To(Bin, "X",
                Usings + "public class Y : Base, IOutputReader { public string Name => \"y\"; " + Body, gone,
                Compiled.Contracts)),
        };
        Use(file);
        var problem = Problems().ShouldHaveSingleItem();
        problem.Rule.Code.ShouldBe(code);
        problem.Message.ShouldContain(kind == "taken" ? $"'{taken.ToUpperInvariant()}'" : says);
        problem.Where.File.ShouldNotBeNull();

        string Lacking(string extension)
        {
            File.Delete(gone);
            return extension;
        }

        string Written(string text)
        {
            Directory.CreateDirectory(Bin);
            File.WriteAllText(Path.Combine(Bin, "text.dll"), text);
            return Path.Combine(Bin, "text.dll");
        }
    }

    [Fact]
    public async Task A_file_beside_an_extension_is_part_of_what_a_call_depends_on()
    {
        Use(Compiled.Reader(Bin, One));
        await MeasuresAsync("it", 7);
        Compiled.To(Bin, "Library", "public class Y { }");
        (await BuildAsync()).NothingToDo.ShouldBeFalse();
        (await BuildAsync()).NothingToDo.ShouldBeTrue();
        File.Delete(Path.Combine(Bin, "Mine.dll"));
        Problems().Single().Rule.Code.ShouldBe("VART0140");
    }

    private string Bin => Path.Combine(Folder, "extension");

    private void Use(string file) => Declare("ArtifactExtension", file);

    private void DeclareData(string? reader, params (string Name, string Value)[] ofDataset)
    {
        Declare("Experiment", "E",
            [("Command", "echo 7"), .. reader is null ? Array.Empty<(string, string)>() : [("Reader", reader)]]);
        Declare("Dataset", "D", [("Experiments", "E"), .. ofDataset]);
    }

    private async Task MeasuresAsync(string metric, double value, (string Name, string Value)? own = null,
        string reader = "Mine")
    {
        Declare("Experiment", "E",
            [("Command", "echo 7"), ("Reader", reader), .. own is { } one ? [one] : Array.Empty<(string, string)>()]);
        Declare("Dataset", "D", ("Experiments", "E"), ("Metric", metric));
        (await BuildAsync()).Errors.ShouldBeEmpty();
        File.ReadLines(Path.Combine(Layout.Data, "D.csv")).Last().Split(',')[0].ShouldBe($"{value}");
    }

    private IReadOnlyList<Diagnostic> Problems() => Declared.Problems(Items, Layout);

    private string Problem((string Name, string Value)? own = null)
    {
        Declare("Experiment", "E",
            [("Command", "echo 7"), ("Reader", "Mine"), .. own is { } one ? [one] : Array.Empty<(string, string)>()]);
        return Problems().ShouldHaveSingleItem().Rule.Code;
    }
}
