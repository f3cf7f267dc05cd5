using Verus.Artifact.Evaluation;

namespace Verus.Artifact.Tests.Docs;

/// <summary>Tests that a name of metadata has the same meaning on every type of item.</summary>
public sealed class NameMeaningSpecs
{
    // A new name of metadata that several types of items share must be added to this list with a sentence that is true
    // for all of them. If no sentence is true for all types of items, one of the names has to change.
    private static readonly IReadOnlyDictionary<string, string> Meanings = new Dictionary<string, string>
    {
        ["Command"] = "The program that is started, with its arguments.",
        ["Comment"] = "The beginning of lines that the reader skips.",
        ["Cpus"] = "The number of processors that it may use.",
        ["Delimiter"] = "The separator of the fields that the reader reads.",
        ["Environment"] = "Environment variables that are set for it.",
        ["Experiments"] = "The experiments that it belongs to.",
        ["FileColumn"] = "The column for the name of the file that was read.",
        ["Header"] = "The names of the fields, if the output has no header.",
        ["Image"] = "The ContainerImage in which it runs.",
        ["Inputs"] = "Patterns of the files that its command reads.",
        ["KeyColumns"] = "The columns that distinguish its points.",
        ["NoteColumn"] = "The column with notes on its points.",
        ["OptionalMetrics"] = "Metrics that a row need not have.",
        ["PassEnvironment"] = "Variables of the caller's environment that its command gets.",
        ["ReadFrom"] = "The output that its reader reads.",
        ["Reader"] = "The reader that turns a text into columns and metrics.",
        ["ReaderCommand"] = "A command that turns a text into a form that its reader reads.",
        ["ReaderTimeout"] = "The time until its ReaderCommand is killed.",
        ["Remedy"] = "Advice for a user whose machine lacks what it needs.",
        ["Rename"] = "The names of columns here, by their names where they come from.",
        ["Requires"] = "What must be there before it is used or made.",
        ["RowColumns"] = "Fields that become columns of a row.",
        ["RowCount"] = "The number of rows that the text must have.",
        ["RowMetrics"] = "Fields that become metrics of a row.",
        ["RowName"] = "The column for the names of properties that are rows.",
        ["RowPath"] = "The path to the rows in a JSON document.",
        ["RowPattern"] = "A regular expression whose matches are the rows.",
        ["RowStart"] = "The key that begins a row.",
        ["Statistic"] = "The statistic by which samples became one number.",
        ["Timeout"] = "The time until its command is killed.",
        ["Title"] = "The text under which the report shows it.",
        ["Unit"] = "The unit of its numbers.",
        ["Url"] = "Where it is fetched from.",
        ["Version"] = "The versions of the tool that are accepted.",
        ["Where"] = "Conditions on the rows, observations or points that it uses.",
        ["WideColumn"] = "The column for the names of fields that become rows.",
        ["WideFields"] = "Fields that become rows of their own.",
        ["WideMetric"] = "The metric for the numbers of fields that become rows.",
    };

    // Properties and metadata are written in the same project, so their names must not be equal, except where the
    // metadata have the meaning of the property for one experiment or machine. From says in both cases where something
    // comes from.
    private static readonly string[] AlsoProperties = ["Samples", "From", "Request"];

    [Fact]
    public void A_name_that_several_types_of_items_share_has_one_meaning()
    {
        var shared = EvaluationModel.ItemTypes.SelectMany(type => Names("### " + type).Distinct()
            .Select(name => (type, name)))
            .GroupBy(pair => pair.name).Where(group => group.Count() > 1).Select(group => group.Key);
        shared.Order(StringComparer.Ordinal).ShouldBe(Meanings.Keys.Order(StringComparer.Ordinal));
        Meanings.Values.AtLeastOne().ShouldAllBe(meaning => meaning.EndsWith('.') && meaning.Count(c => c == '.') == 1);
        Meanings.Values.Distinct().Count().ShouldBe(Meanings.Count);
    }

    [Fact]
    public void A_property_and_metadata_share_a_name_only_where_they_mean_the_same()
    {
        var properties = Names("### In this repository").Concat(Names("### Properties of the paper's suites"))
            .Concat(Names("### What to do")).Concat(Names("### Where")).ToHashSet();
        properties.Count.ShouldBeGreaterThan(20);
        EvaluationModel.ItemTypes.SelectMany(type => Names("### " + type)).Where(properties.Contains).Distinct()
            .ShouldBe(AlsoProperties);
    }

    private static IEnumerable<string> Names(string heading) =>
        Page.Names(Page.Of("docs/reference.md").Section(heading));
}
