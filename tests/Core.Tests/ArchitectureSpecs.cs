using System.Text.RegularExpressions;

namespace Verus.Artifact.Tests;

/// <summary>The rooms of the core, which are its folders and namespaces, and the order of these rooms.</summary>
public sealed partial class ArchitectureSpecs
{
    // A room uses only the rooms before it in this list. Rooms in one line belong together.
    private static readonly IReadOnlyList<string> Order =
    [
        // Declarations and extensions use each other: the metadata of an extension are read like those of any item, and
        // the reader of items passes items to extensions.
        "Diagnostics", "Common", "Declarations Extensions",
        "Pins", "Sources", "Containers", "Tools",
        "Experiments.Tuning", "Experiments.Readers", "Experiments.Cells", "Experiments.Samples",
        "Places", "Places.Host", "Places.Docker", "Places.Vm", "Places.Slurm", "Places.Added",
        "Experiments.Scheduling", "Machines",
        // Data and formulas use each other: a formula selects points of a dataset, and a dataset has points that
        // formulas compute from its other points.
        "Data Data.Formulas",
        "Figures", "Claims", "Report",
        "Evaluation", "Evaluation.Reproduction", "Evaluation.Stages",
    ];

    private static readonly IReadOnlyList<Source> Sources =
    [
        .. Directory.EnumerateFiles(Path.Combine(ItemsOfFile.Repository, "src", "Core"), "*.cs",
            SearchOption.AllDirectories)
            .Select(file => new Source(Path.GetRelativePath(Path.Combine(ItemsOfFile.Repository, "src", "Core"), file),
                File.ReadAllText(file)))
            .Where(source => !source.File.StartsWith("obj/", StringComparison.Ordinal)),
    ];

    [Fact]
    public void Every_file_has_the_namespace_of_its_folder_and_every_folder_a_place_in_the_order()
    {
        Sources.Count.ShouldBeGreaterThan(200);
        foreach (var source in Sources.AtLeastOne())
            source.Room.ShouldBe(Path.GetDirectoryName(source.File)!.Replace('/', '.'), source.File);
        Sources.Select(source => source.Room).Distinct().ShouldBe(Order.SelectMany(line => line.Split(' ')),
            ignoreOrder: true);
    }

    [Fact]
    public void A_room_uses_only_rooms_before_it() => Wrong(Sources, Order).ShouldBeEmpty();

    [Fact]
    public void Rooms_of_one_line_need_each_other()
    {
        var apart = Order.SelectMany(line => line.Split(' ')).ToList();
        foreach (var line in Order.Where(line => line.Contains(' ', StringComparison.Ordinal)).AtLeastOne())
            Wrong(Sources, apart).ShouldNotBeEmpty(line);
        Order.Count(line => line.Contains(' ', StringComparison.Ordinal)).ShouldBeInRange(1, 2);
    }

    [Theory]
    [InlineData("using Verus.Artifact.Tools;")]
    [InlineData("using static Verus.Artifact.Tools.Finder;")]
    [InlineData("using Found = Verus.Artifact.Tools.Finder;")]
    [InlineData("", "Verus.Artifact.Tools.Finder.Find();")]
    [InlineData("", "Tools.Finder.Find();")]
    public void A_wrong_arrow_is_found_however_it_is_written(string directive, string code = "")
    {
        var tool = new Source("Tools/Finder.cs", "namespace Verus.Artifact.Tools;\npublic static class Finder { }");
        var pin = new Source("Pins/Pin.cs",
            $"{directive}\nnamespace Verus.Artifact.Pins;\npublic sealed record Pin\n{{\n    {code}\n}}");
        Wrong([tool, pin], ["Pins", "Tools"]).ShouldBe(["Pins/Pin.cs uses Tools"]);
        Wrong([tool, pin], ["Tools", "Pins"]).ShouldBeEmpty();
    }

    private static List<string> Wrong(IReadOnlyList<Source> sources, IReadOnlyList<string> order)
    {
        var places = order.SelectMany((line, index) => line.Split(' ').Select(room => (room, index)))
            .ToDictionary(pair => pair.room, pair => pair.index);
        var types = sources.SelectMany(source => source.Types.Select(type => $"{source.Room}.{type}")).ToHashSet();
        return
        [
            .. sources.SelectMany(source =>
                source.Uses(places.Keys, types).Where(used => places[used] > places[source.Room])
                .Select(used => $"{source.File} uses {used}")),
        ];
    }

    private sealed partial record Source(string File, string Text)
    {
        public string Room => Namespace().Match(Text).Groups[1].Value;

        public IEnumerable<string> Types => Declaration().Matches(Text).Select(match => match.Groups[1].Value);

        // Types of an enclosing namespace are visible without a directive; the room of such a namespace comes before
        // the room that uses it, or belongs together with it.
        public IEnumerable<string> Uses(ICollection<string> rooms, IReadOnlySet<string> types)
        {
            var directives = Directive().Matches(Text).Select(match => RoomOf(match.Groups[1].Value, rooms));
            var names = QualifiedName().Matches(WithoutComments()).SelectMany(match => Meanings(match.Value))
                .Where(types.Contains)
                .Select(name => RoomOf(name, rooms));
            return directives.Concat(names).OfType<string>().Distinct();
        }

        // A qualified name may begin at the root, or at any enclosing namespace; only its first parts name a type.
        private IEnumerable<string> Meanings(string name)
        {
            const string root = "Verus.Artifact.";
            var parts = (name.StartsWith(root, StringComparison.Ordinal) ? name[root.Length..] : name).Split('.');
            var around = Room.Split('.');
            return from length in Enumerable.Range(2, parts.Length - 1)
                   from outer in Enumerable.Range(0, around.Length + 1)
                   select string.Join('.', around.Take(outer).Concat(parts.Take(length)));
        }

        private static string? RoomOf(string name, ICollection<string> rooms)
        {
            while (!rooms.Contains(name) && name.LastIndexOf('.') is > 0 and var dot)
                name = name[..dot];
            return rooms.Contains(name) ? name : null;
        }

        private string WithoutComments() => Comment().Replace(Text, "");

        [GeneratedRegex(@"^namespace Verus\.Artifact\.([\w.]+);", RegexOptions.Multiline)]
        private static partial Regex Namespace();

        [GeneratedRegex(@"^using (?:static )?(?:\w+ = )?Verus\.Artifact\.([\w.]+)", RegexOptions.Multiline)]
        private static partial Regex Directive();

        [GeneratedRegex(@"^(?!\s)[a-z ]*\b(?:class|struct|record|enum|interface) (?:struct )?(\w+)",
            RegexOptions.Multiline)]
        private static partial Regex Declaration();

        [GeneratedRegex(@"(?<![\w.])[A-Z]\w*(?:\.[A-Z]\w*)+")]
        private static partial Regex QualifiedName();

        [GeneratedRegex("//.*|^using .*", RegexOptions.Multiline)]
        private static partial Regex Comment();
    }
}
