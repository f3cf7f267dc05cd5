using System.Text.Json;
using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Evaluation;

namespace Verus.Artifact.Tests.Evaluation;

/// <summary>Projects that people use give no false alarm.</summary>
public sealed class RealProjectSpecs : IDisposable
{
    private static readonly string Sdk = Path.Combine(ItemsOfFile.Repository, "src/Verus.Artifact.Sdk/Sdk");
    private static readonly string[] Reserved =
    [
        "Identity", "FullPath", "RootDir", "Filename", "Extension", "RelativeDir", "Directory", "RecursiveDir", "ModifiedTime", "CreatedTime", "AccessedTime",
        "DefiningProjectFullPath", "DefiningProjectDirectory", "DefiningProjectName", "DefiningProjectExtension",
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("real-projects-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public static TheoryData<string> Samples =>
        [.. Directory.EnumerateFiles(Path.Combine(ItemsOfFile.Repository, "samples"), "*.proj", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(ItemsOfFile.Repository, file))];

    [Fact]
    public Task The_papers_evaluation() => GivesNoAlarmAsync(Path.Combine(ItemsOfFile.Repository, "build.proj"));

    [Theory]
    [MemberData(nameof(Samples))]
    public Task A_sample(string project) => GivesNoAlarmAsync(WithSdkOfTheRepository(Path.Combine(ItemsOfFile.Repository, project)));

    [Fact]
    public Task A_new_project_of_the_template() =>
        GivesNoAlarmAsync(WithSdkOfTheRepository(Path.Combine(ItemsOfFile.Repository, "src/Verus.Artifact.Templates/content/verus-artifact/artifact-name.proj")));

    private static async Task GivesNoAlarmAsync(string project)
    {
        var items = await ItemsAsync(project);
        items.ShouldContain(item => item.Type == "Experiment");
        Declared.Problems(items, EvaluationLayout.In("evaluation", project)).Select(problem => $"{problem.Rule.Code}: {problem.Message}").ShouldBeEmpty();
    }

    private string WithSdkOfTheRepository(string project)
    {
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(project)!, "*", SearchOption.AllDirectories).Where(file => !file.Contains("/evaluation/", StringComparison.Ordinal)))
        {
            var target = Path.Combine(folder, Path.GetRelativePath(Path.GetDirectoryName(project)!, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        var copy = Path.Combine(folder, Path.GetFileName(project));
        var text = File.ReadAllText(copy);
        text = Regex.Replace(text, "Project=\"([^\"]+)\" Sdk=\"Verus\\.Artifact\\.Sdk[^\"]*\"", $"Project=\"{Sdk}/$1\"");
        var start = text.IndexOf("<Project", StringComparison.Ordinal);
        var end = text.IndexOf('>', start);
        File.WriteAllText(copy, $"<Project><Import Project=\"{Sdk}/Sdk.props\" />" + text[(end + 1)..].Replace("</Project>", $"<Import Project=\"{Sdk}/Sdk.targets\" /></Project>", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(folder, "Directory.Build.props"), "<Project />");
        return copy;
    }

    private static async Task<List<DeclarationItem>> ItemsAsync(string project)
    {
        var result = await Cli.Wrap("dotnet").WithArguments(["msbuild", project, "-nologo", $"-getItem:{string.Join(',', EvaluationModel.ItemTypes)}"])
            .WithEnvironmentVariables(variables => variables.Set("MSBUILDTERMINALLOGGER", "off")).WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        result.ExitCode.ShouldBe(0, result.StandardOutput + result.StandardError);
        using var document = JsonDocument.Parse(result.StandardOutput);
        return
        [
            .. document.RootElement.GetProperty("Items").EnumerateObject().SelectMany(type => type.Value.EnumerateArray().Select(item => new DeclarationItem(type.Name,
                item.GetProperty("Identity").GetString()!, item.EnumerateObject().Where(pair => !Reserved.Contains(pair.Name, StringComparer.OrdinalIgnoreCase))
                    .ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!, StringComparer.OrdinalIgnoreCase),
                () => SourceLocation.None))),
        ];
    }
}
