using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Evaluation;

namespace Verus.Artifact.Tests.Evaluation;

/// <summary>Tests that real projects cause no false alarms.</summary>
public sealed class RealProjectSpecs : IDisposable
{
    private static readonly string[] Reserved =
    [
        "Identity", "FullPath", "RootDir", "Filename", "Extension", "RelativeDir", "Directory", "RecursiveDir",
        "ModifiedTime", "CreatedTime", "AccessedTime",
        "DefiningProjectFullPath", "DefiningProjectDirectory", "DefiningProjectName", "DefiningProjectExtension",
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("real-projects-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public static TheoryData<string> Samples =>
        [.. Directory.EnumerateFiles(Path.Combine(ItemsOfFile.Repository, "samples"), "*.proj",
            SearchOption.AllDirectories).Select(file => Path.GetRelativePath(ItemsOfFile.Repository, file))];

    [Fact]
    public void The_papers_evaluation() => GivesNoAlarm(Path.Combine(ItemsOfFile.Repository, "build.proj"));

    [Fact]
    public void The_papers_evaluation_says_how_much_memory_and_space_everything_takes()
    {
        var items = Items(Path.Combine(ItemsOfFile.Repository, "build.proj"));
        string Of(DeclarationItem item, string name) => item.Metadata.GetValueOrDefault(name) ?? "";
        // The memory of a virtual machine is a declaration of its own.
        Without("Experiment", item => Of(item, "Requires").Contains("disk>=", StringComparison.Ordinal)
            && (Of(item, "VirtualMachine").Length > 0
                || Of(item, "Requires").Contains("memory>=", StringComparison.Ordinal)));
        Without("Tool", item => new[] { "Build", "Archive", "DotNetTool" }.All(way => Of(item, way).Length == 0)
            || Of(item, "Requires").Contains("disk>=", StringComparison.Ordinal));
        Without("ContainerImage", item => Of(item, "Size").Length > 0);

        void Without(string type, Predicate<DeclarationItem> says) => items.Where(item => item.Type == type)
            .AtLeastOne().Where(item => !says(item)).Select(item => $"{type} {item.Name}").ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample(string project) =>
        GivesNoAlarm(WithSdkOfTheRepository(Path.Combine(ItemsOfFile.Repository, project)));

    [Fact]
    public void A_new_project_of_the_template() =>
        GivesNoAlarm(WithSdkOfTheRepository(Path.Combine(ItemsOfFile.Repository,
            "src/Verus.Artifact.Templates/content/verus-artifact/artifact-name.proj")));

    private static void GivesNoAlarm(string project)
    {
        var items = Items(project);
        items.ShouldContain(item => item.Type == "Experiment");
        Declared.Problems(items, EvaluationLayout.In("evaluation", project))
            .Select(problem => $"{problem.Rule.Code}: {problem.Message}").ShouldBeEmpty();
    }

    private string WithSdkOfTheRepository(string project)
    {
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(project)!, "*", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/evaluation/", StringComparison.Ordinal)))
        {
            var target = Path.Combine(folder, Path.GetRelativePath(Path.GetDirectoryName(project)!, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        var copy = Path.Combine(folder, Path.GetFileName(project));
        var text = File.ReadAllText(copy);
        var start = text.IndexOf("<Project", StringComparison.Ordinal);
        var end = text.IndexOf('>', start);
        // The packages of suites and the SDK, each by its folder.
        var sdks = Regex.Match(text[start..end], "Sdk=\"([^\"]+)\"").Groups[1].Value.Split(';').AtLeastOne()
            .Select(name => Path.Combine(ItemsOfFile.Repository, "src", name.Split('/')[0], "Sdk")).ToList();
        string Imports(string file) => string.Concat(sdks.Select(sdk => $"<Import Project=\"{sdk}/{file}\" />"));
        File.WriteAllText(copy, $"<Project>{Imports("Sdk.props")}"
            + text[(end + 1)..].Replace("</Project>", $"{Imports("Sdk.targets")}</Project>", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(folder, "Directory.Build.props"), "<Project />");
        return copy;
    }

    private static List<DeclarationItem> Items(string project)
    {
        var start = new ProcessStartInfo("dotnet",
            ["msbuild", project, "-nologo", $"-getItem:{string.Join(',', EvaluationModel.ItemTypes)}"]);
        start.Environment["MSBUILDTERMINALLOGGER"] = "off";
        using var document = JsonDocument.Parse(Programs.Run(start, TimeSpan.FromMinutes(3)).Succeeds().Output);
        return
        [
            .. document.RootElement.GetProperty("Items").EnumerateObject()
                .SelectMany(type => type.Value.EnumerateArray().Select(item => new DeclarationItem(type.Name,
                item.GetProperty("Identity").GetString()!,
                item.EnumerateObject().Where(pair => !Reserved.Contains(pair.Name, StringComparer.OrdinalIgnoreCase))
                    .ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!, StringComparer.OrdinalIgnoreCase),
                () => SourceLocation.None))),
        ];
    }
}
