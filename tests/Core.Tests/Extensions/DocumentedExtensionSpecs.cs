using System.Text.RegularExpressions;

namespace Verus.Artifact.Tests.Extensions;

/// <summary>Tests that the code on the pages on extensions compiles without changes, and that the SDK finds its
/// classes.</summary>
public sealed partial class DocumentedExtensionSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("documented-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public static TheoryData<string, int> Blocks =>
    [
        .. from page in new[] { "docs/extensions.md", "docs/writing-an-executor.md" }
           from index in Enumerable.Range(0, Code().Count(File.ReadAllText(Path.Combine(ItemsOfFile.Repository, page))))
           select new TheoryDataRow<string, int>(page, index),
    ];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void An_example_is_an_extension(string page, int index)
    {
        var code = Code().Matches(File.ReadAllText(Path.Combine(ItemsOfFile.Repository, page)))[index].Groups[1].Value;
        Declared.Problems([Declared.Item("ArtifactExtension", Compiled.To(folder, $"Example{index}", code))])
            .ShouldBeEmpty();
    }

    [Fact]
    public void The_reader_of_the_page_reads_what_it_says()
    {
        var code = Code().Match(
            File.ReadAllText(Path.Combine(ItemsOfFile.Repository, "docs/extensions.md"))).Groups[1].Value;
        var assembly = System.Reflection.Assembly.LoadFrom(Compiled.To(folder, "Solver", code));
        var reader = (IOutputReader)Activator.CreateInstance(assembly.GetType("SolverReader")!)!;
        var reading = reader.Read(new SampleOutput("c a comment\nsat 0.31\n")).ShouldHaveSingleItem();
        reading.Columns["answer"].ShouldBe("sat");
        reading.Metrics["solving"].ShouldBe(0.31);
        Should.Throw<FormatException>(() => reader.Read(new SampleOutput("unsat 0,31\n"))).Message.ShouldContain(
            "line 1");
        Should.Throw<FormatException>(() => reader.Read(new SampleOutput("unknown\n")));
    }

    /// <summary>The example in docs/extensions.md that contains the given class.</summary>
    internal static string Example(string type) =>
        Code().Matches(File.ReadAllText(Path.Combine(ItemsOfFile.Repository, "docs/extensions.md")))
        .Select(match => match.Groups[1].Value)
        .Single(code => code.Contains($"class {type} ", StringComparison.Ordinal));

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Code();
}
