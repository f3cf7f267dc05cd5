using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Verus.Artifact.Evaluation;

namespace Verus.Artifact.Tests.Docs;

/// <summary>
/// Tests that the schema for editors corresponds to the reference. After a change of docs/reference.md, UPDATE_GOLDEN=1
/// writes the schema again.
/// </summary>
public sealed partial class EditorSchemaSpecs
{
    private static readonly string File = Path.Combine(ItemsOfFile.Repository,
        "src/Verus.Artifact.Sdk/Sdk/Sdk.props.buildschema.json");
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping
    };
    private static readonly Page Reference = Page.Of("docs/reference.md");

    [Fact]
    public void The_schema_for_editors_says_what_the_reference_says()
    {
        var schema = new JsonObject
        {
            ["license"] = "MIT",
            ["properties"] = Map(Page.Rows(Reference.Section("## Properties")),
                row => Describe(row.Cells[1], row.Cells[0], [])),
            ["items"] = new JsonObject(EvaluationModel.ItemTypes.Append("PublicTarget")
                .Select(type => KeyValuePair.Create<string, JsonNode?>(type, new JsonObject
                {
                    ["description"] = Plain(Reference.Section("### " + type).Trim().Split('\n')[0]),
                    ["metadata"] = Map(Page.Rows(Reference.Section("### " + type)),
                    row => Describe(row.Cells[1], row.Cells[0],
                        type == "PublicTarget" ? [] : ReferenceSpecs.Choices(type, row.Name))),
                }))),
            ["targets"] = Map(Page.Rows(Reference.Opening("## Targets")), row => JsonValue.Create(Plain(row.Cells[0]))),
        }.ToJsonString(Readable) + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            System.IO.File.WriteAllText(File, schema);
        System.IO.File.ReadAllText(File).Split('\n').ShouldBe(schema.Split('\n'), "UPDATE_GOLDEN=1 writes it anew");
    }

    // MSBuild refuses to set its own metadata of items, and reserves some attributes of an item's element.
    [Fact]
    public void No_metadatum_has_a_name_that_no_project_can_write()
    {
        string[] reserved =
        [
            "FullPath", "RootDir", "Filename", "Extension", "RelativeDir", "Directory", "RecursiveDir", "Identity",
            "ModifiedTime", "CreatedTime", "AccessedTime",
            "DefiningProjectFullPath", "DefiningProjectDirectory", "DefiningProjectName", "DefiningProjectExtension",
            "Include", "Exclude", "Remove", "Update", "Condition", "Label", "KeepMetadata", "RemoveMetadata",
            "KeepDuplicates", "MatchOnMetadata", "MatchOnMetadataOptions",
        ];
        var names = EvaluationModel.ItemTypes.Append("PublicTarget")
            .SelectMany(type => Page.Rows(Reference.Section("### " + type)).Select(row => row.Name)).ToList();
        names.Count.ShouldBeGreaterThan(50);
        names.Where(name => reserved.Contains(name, StringComparer.OrdinalIgnoreCase)).ShouldBeEmpty();
    }

    private static JsonObject Map(IEnumerable<(string Name, IReadOnlyList<string> Cells)> rows,
        Func<(string Name, IReadOnlyList<string> Cells), JsonNode> describe) =>
        new(rows.Select(row => KeyValuePair.Create<string, JsonNode?>(row.Name, describe(row))));

    private static JsonObject Describe(string description, string otherwise, IReadOnlyList<string> choices)
    {
        var described = new JsonObject { ["description"] = Plain(description) };
        if (choices.Count > 0)
            described["type"] = new JsonArray([.. choices.Select(choice => JsonValue.Create(choice))]);
        else if (otherwise is "`true`" or "`false`")
            described["type"] = "bool";
        if (otherwise == "required")
            described["isRequired"] = true;
        else if (otherwise.Length > 0)
            described["defaultValue"] = Plain(otherwise);
        return described;
    }

    private static string Plain(string text) => Link().Replace(text, "$1").Replace("`", "", StringComparison.Ordinal)
        .Replace(@"\|", "|", StringComparison.Ordinal);

    [GeneratedRegex(@"\[([^]]*)\]\([^)]*\)")]
    private static partial Regex Link();
}
