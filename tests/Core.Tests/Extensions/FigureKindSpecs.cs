using System.Xml.Linq;
using Verus.Artifact.Tests.Evaluation;

namespace Verus.Artifact.Tests.Extensions;

/// <summary>
/// Tests kinds of figures that extensions provide: they are drawn in every format with the parts that every figure has,
/// and their failures are reported.
/// </summary>
public sealed class FigureKindSpecs : EvaluationFixture
{
    private static readonly string[] Formats = ["svg", "png", "pdf", "txt"];

    // A kind that draws a dot and a name for each row, and has metadata, a column, and uses of every method of a
    // canvas.
    private const string Dots = """
        foreach (var (row, i) in input.Datasets.SelectMany(dataset => dataset.Rows).Select((row, i) => (row, i)))
        {
            canvas.Text($"row {row["tool"]}", 30, 12 + 12 * i,
                new FigureText { Align = FigureAlign.Right, Bold = true });
            if (row.Value is { } value)
                canvas.Circle(40 + 20 * value, 10 + 12 * i, 3, canvas.ColorOf(i), FigureColor.Black);
        }
        canvas.Text("up", canvas.Width - 10, 30, new FigureText { Rotation = -90, Size = 8, Color = FigureColor.Grey });
        canvas.Line(40, 0, 40, canvas.Height, FigureColor.Grey, dashed: true);
        canvas.Lines([(50, 5), (60, 10), (70, 5)], FigureColor.Black);
        canvas.Rectangle(80, 5, 10, 4, null, FigureColor.Black);
        canvas.Polygon([(100, 5), (110, 5), (105, 10)], FigureColor.Parse("#d62728"));
        """;

    [Fact]
    public async Task A_figure_of_an_extension_is_drawn_in_every_format()
    {
        Use(Kind(Dots, more: """
            private string column = "";
            public IReadOnlyList<FigureColumn> Columns => [new FigureColumn("Rows", column)];
            public IFigureKind Configure(IMetadata metadata) => new Mine { column = metadata.Required("Rows") };
            """, notes: "[$\"Dots of {input.Datasets[0].Quantity} ({input.Datasets[0].Rows[0].Unit}).\"]"));
        DeclareFigure(("Rows", "tool"), ("Title", "A title"));
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Written("F").ShouldBe(Formats, ignoreOrder: true);
        Texts("F").ShouldContain("row fast");
        Texts("F").ShouldContain("up");
        Texts("F").ShouldContain("Dots of time (s).");
        XElement.Load(FileOf("F", "svg")).Elements().First().Value.ShouldBe("F: A title");
        var text = await File.ReadAllTextAsync(FileOf("F", "txt"), TestContext.Current.CancellationToken);
        text.ShouldStartWith("F: A title\n");
        text.ShouldContain("fast");
        text.ShouldContain("- Dots of time (s).\n");
        (await File.ReadAllBytesAsync(FileOf("F", "png"), TestContext.Current.CancellationToken))[..4]
            .ShouldBe([0x89, (byte)'P', (byte)'N', (byte)'G']);
        (await BuildAsync()).NothingToDo.ShouldBeTrue();
        HasInPdf("F", "row fast");
    }

    [Fact]
    public async Task The_kind_of_the_page_is_drawn()
    {
        Use(Compiled.To(Bin, "Example", DocumentedExtensionSpecs.Example("DotPlot")));
        DeclareFigure(("Kind", "dotplot"), ("Rows", "tool"));
        Declared.Problems(Items, Layout).ShouldBeEmpty();
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Texts("F").ShouldContain("slow");
        XElement.Load(FileOf("F", "svg")).Descendants().Count(element => element.Name.LocalName == "ellipse")
            .ShouldBe(2);
        DeclareFigure(("Kind", "DotPlot"), ("Rows", "tol"));
        Declared.Problems(Items, Layout).ShouldHaveSingleItem().Rule.Code.ShouldBe("VART6001");
    }

    [Fact]
    public async Task Its_code_is_part_of_what_a_call_depends_on()
    {
        Use(Kind("canvas.Text(\"before\", 5, 10);"));
        DeclareFigure();
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Kind("canvas.Text(\"after\", 5, 10);");
        (await BuildAsync()).NothingToDo.ShouldBeFalse();
        Texts("F").ShouldContain("after");
        Samples().Count.ShouldBe(4);
    }

    [Fact]
    public async Task It_sees_rows_as_they_are_and_recorded_numbers_are_marked_without_its_help()
    {
        Use(Kind("""
            foreach (var dataset in input.Datasets)
                foreach (var row in dataset.Rows)
                {
                    var value = row.Value?.ToString() ?? row.Note;
                    var place = $"{dataset.Name} {dataset.IsRecorded} {row["tool"]}";
                    canvas.Text($"{place} {value} {row.Samples.Count} {string.Join("/", dataset.Columns)}", 2, y += 10);
                }
            """, before: "double y = 0;"));
        File.WriteAllText(Path.Combine(Folder, "paper.csv"), "tool,time\nfast,2\n");
        Declare("RecordedData", "R", ("File", "paper.csv"), ("Value", "time"), ("Unit", "s"), ("KeyColumns", "tool"),
            ("Provenance", "the paper"));
        DeclareFigure(("Datasets", "D;R"));
        Declare("Experiment", "E", ("Command", "sh -c 'test {tool} = fast'"), ("Matrix", "tool=fast,slow"));
        Options = Options with { OnMissing = Artifact.Declarations.OnMissing.Recorded };
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Texts("F").ShouldContain(text => text.StartsWith("D False fast 0", StringComparison.Ordinal)
            && text.EndsWith(" 2 tool", StringComparison.Ordinal));
        Texts("F").ShouldContain(text => text.StartsWith("D False slow ", StringComparison.Ordinal)
            && text.Contains("exit code 1", StringComparison.Ordinal));
        Texts("F").ShouldContain("R True fast 2 0 tool");
        string.Join(' ', Texts("F")).ShouldContain("IN PART RECORDED BY THE AUTHORS, NOT MEASURED HERE");
        var text = await File.ReadAllTextAsync(FileOf("F", "txt"), TestContext.Current.CancellationToken);
        text.ShouldContain("IN PART RECORDED BY THE AUTHORS");
        text.Split('\n').ShouldContain(line => line.StartsWith("D ", StringComparison.Ordinal)
            && line.Contains("slow", StringComparison.Ordinal));
        text.Split('\n').ShouldContain(line => line.StartsWith("R ", StringComparison.Ordinal)
            && line.Contains("fast", StringComparison.Ordinal));
    }

    public static TheoryData<string, string, string, string> Failing => new()
    {
        { "draw", "throw new InvalidOperationException(\"not today\");", "VART0144",
            "InvalidOperationException: not today" },
        { "draw", "throw new OperationCanceledException();", "VART0144", "OperationCanceledException" },
        { "draw", "throw new FormatException(\"it needs two tools\");", "VART6040", "it needs two tools." },
        { "draw", "canvas.Text(null!, 5, 5);", "VART0144", "ArgumentNullException" },
        { "draw", "canvas.Line(0, double.NaN, 5, 5, FigureColor.Black);", "VART6032",
            "draws a line with the number NaN" },
        { "draw", "canvas.Circle(1.0 / Zero, 5, 5, FigureColor.Black);", "VART6032",
            "draws a circle with the number Infinity" },
        { "draw", "canvas.Circle(5, 5, -5, FigureColor.Black);", "VART6032", "draws a circle with the number -5" },
        { "draw", "canvas.Rectangle(5, 5, 5, -1, FigureColor.Black);", "VART6032",
            "draws a rectangle with the number -1" },
        { "draw", "canvas.Polygon([(5, double.NegativeInfinity)], FigureColor.Black);", "VART6032", "draws a polygon" },
        { "draw", "canvas.Text(\"x\", 5, double.NaN);", "VART6032", "draws the text 'x' with the number NaN" },
        { "draw", "canvas.Text(\"x\", 5, 5, new FigureText { Size = 0.5 });", "VART6032", "size of 0.5 points" },
        { "draw", "canvas.Text(new string('x', 3000), 5, 5);", "VART6032", "3000 characters" },
        { "draw", "for (var i = 0; i < 300000; i++) canvas.Circle(5, 5, 1, FigureColor.Black);", "VART6032",
            "draws more than 200000" },
        { "lay", "throw new InvalidOperationException(\"not today\");", "VART0144",
            "InvalidOperationException: not today" },
        { "lay", "texts.WidthOf(\"x\", double.NaN);", "VART0144", "NaN" },
        { "lay", "return null!;", "VART0144", "NullReferenceException" },
        { "lay", "return new FigureDrawing(double.NaN, _ => { });", "VART6032", "asks for a height of NaN" },
        { "lay", "return new FigureDrawing(0, _ => { });", "VART6032", "asks for a height of 0" },
        { "lay", "return new FigureDrawing(1e9, _ => { });", "VART6032", "asks for a height of 1000000000" },
        { "lay", "return new FigureDrawing(10, null!);", "VART0144", "NullReferenceException" },
        { "lay", "return new FigureDrawing(10, _ => { }) { Notes = [null!] };", "VART0144", "NullReferenceException" },
        { "lay", "((ICanvas)texts).Circle(5, 5, 1, FigureColor.Black);", "VART6032", "outside of its Draw" },
    };

    [Theory]
    [MemberData(nameof(Failing))]
    public async Task One_that_fails_is_an_error_of_its_figure_alone(string where, string code, string expected,
        string says)
    {
        Use(where == "draw" ? Kind(code) : Kind("", before: code));
        DeclareFigure();
        Declare("Figure", "G", ("Kind", "GroupedBars"), ("Datasets", "D"), ("X", "tool"));
        // The problem is reported before anything runs, and does not stop the call.
        var trial = Declared.Problems(Items, Layout).ShouldHaveSingleItem();
        trial.Rule.Code.ShouldBe("VART6034");
        trial.Message.ShouldContain(says);
        var error = (await BuildAsync()).Errors.ShouldHaveSingleItem();
        error.Rule.Code.ShouldBe(expected);
        error.Message.ShouldContain(says);
        error.Message.ShouldNotContain("   at ");
        error.Where.File.ShouldNotBeNull();
        Written("F").ShouldBeEmpty();
        Written("G").ShouldBe(Formats, ignoreOrder: true);
        File.Exists(Path.Combine(Layout.Report, "index.html")).ShouldBeTrue();
    }

    [Fact]
    public async Task What_lies_outside_is_cut_off_and_told()
    {
        Use(Kind("canvas.Line(-1e300, 5, 1e12, 5, FigureColor.Black); canvas.Text(\"inside\", 5, 10);"));
        DeclareFigure();
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Written("F").ShouldBe(Formats, ignoreOrder: true);
        Texts("F").ShouldContain("inside");
        XElement.Load(FileOf("F", "svg")).Descendants().ShouldContain(element => element.Name.LocalName == "clipPath");
        Log.Reported.Select(diagnostic => diagnostic.Rule.Code).ShouldContain("VART6033");
    }

    [Theory]
    [InlineData("public IReadOnlyList<FigureColumn> Columns => throw new InvalidOperationException(\"not today\");",
        "VART0144", "not today")]
    [InlineData("public IReadOnlyList<FigureColumn> Columns => null!;", "VART0144", "ArgumentNullException")]
    [InlineData("public IReadOnlyList<FigureColumn> Columns => [new(\"Rows\", \"nobody\")];", "VART6001",
        "Rows names the column 'nobody'")]
    [InlineData("public IFigureKind Configure(IMetadata metadata) => throw new InvalidOperationException(\"not "
        + "today\");", "VART0144", "not today")]
    [InlineData("public IFigureKind Configure(IMetadata metadata) => null!;", "VART0144", "NullReferenceException")]
    [InlineData("public IFigureKind Configure(IMetadata metadata) { metadata.Required(\"Rows\"); return this; }",
        "VART0001", "Rows")]
    [InlineData("public Mine() => throw new InvalidOperationException(\"not today\");", "VART0144", "not today")]
    public void What_is_wrong_with_its_declaration_is_one_error_before_anything_runs(string more, string code,
        string says)
    {
        Use(Kind("", more: more));
        DeclareFigure();
        var problem = Declared.Problems(Items, Layout).ShouldHaveSingleItem();
        problem.Rule.Code.ShouldBe(code);
        problem.Message.ShouldContain(says);
    }

    [Theory]
    [InlineData("\"table\"", "VART0143", "has the figure kind 'table', which the SDK has already")]
    [InlineData("\"\"", "VART0143", "without a name")]
    [InlineData("throw new InvalidOperationException(\"not today\")", "VART0144", "not today")]
    public void A_name_that_cannot_be_had_is_an_error_of_the_extension(string name, string code, string says)
    {
        Use(Kind("", name: name));
        var problem = Declared.Problems(Items, Layout).ShouldHaveSingleItem();
        problem.Rule.Code.ShouldBe(code);
        problem.Message.ShouldContain(says);
    }

    [Fact]
    public void Metadata_that_it_does_not_read_and_kinds_that_nobody_has_are_told()
    {
        Use(Kind(""));
        DeclareFigure(("XScale", "Log"));
        Declared.Problems(Items, Layout).ShouldHaveSingleItem().Rule.Code.ShouldBe("VART0003");
        DeclareFigure(("Kind", "Minee"), ("Bins", "3"));
        Declared.Problems(Items, Layout).ShouldHaveSingleItem().Message
            .ShouldContain("TimeSeries, ViolinPlot, Mine");
    }

    private string Bin => Path.Combine(Folder, "extension");

    private void Use(string file) => Declare("ArtifactExtension", file);

    private void DeclareFigure(params (string Name, string Value)[] own)
    {
        Declare("Experiment", "E", ("Command", "sh -c 'echo {tool}'"), ("Matrix", "tool=fast,slow"));
        Declare("Dataset", "D", ("Experiments", "E"));
        var metadata = new Dictionary<string, string> { ["Kind"] = "Mine", ["Datasets"] = "D" };
        foreach (var (name, value) in own)
            metadata[name] = value;
        Declare("Figure", "F", [.. metadata.Select(pair => (pair.Key, pair.Value))]);
    }

    private string Kind(string draw, string before = "", string more = "", string notes = "[]",
        string name = "\"Mine\"") =>
        Compiled.To(Bin, "Mine", $$"""
        using Verus.Artifact.Extensions;
        #pragma warning disable CS0162
        public sealed class Mine : IFigureKind
        {
            private static readonly double Zero = 0;
            public string Name => {{name}};
            public int Version => 1;
            {{more}}
            public FigureDrawing Lay(FigureInput input, ITextMeasure texts)
            {
                {{before}}
                return new FigureDrawing(40, canvas => { {{draw}} }) { Notes = {{notes}} };
            }
        }
        """);

    private string FileOf(string figure, string format) => Path.Combine(Layout.Figures, $"{figure}.{format}");

    private string[] Written(string figure) => Directory.Exists(Layout.Figures)
        ? [.. Directory.EnumerateFiles(Layout.Figures, $"{figure}.*")
            .Select(file => Path.GetExtension(file)[1..])] : [];

    private List<string> Texts(string figure) =>
        [.. XElement.Load(FileOf(figure, "svg")).Descendants().Where(element => element.Name.LocalName == "text")
            .Select(element => element.Value)];

    private void HasInPdf(string figure, string text)
    {
        if (!File.Exists("/usr/bin/pdftotext"))
            Assert.Skip("pdftotext is not installed (Debian package poppler-utils)");
        Programs.Run("/usr/bin/pdftotext", FileOf(figure, "pdf"), "-").Succeeds().Output.ShouldContain(text);
    }
}
