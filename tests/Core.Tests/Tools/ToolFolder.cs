using System.IO.Compression;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Tests.Tools;

/// <summary>A temporary folder with made-up tools; it contains a project, a search path and a tools folder.</summary>
internal sealed class ToolFolder : IDisposable
{
    public ToolFolder()
    {
        Directory.CreateDirectory(Project);
        Directory.CreateDirectory(Bin);
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("tools").FullName;
    public string Project => Path.Combine(Root, "project");
    public string Bin => Path.Combine(Root, "bin");
    public string Tools => Path.Combine(Root, "tools");
    public CollectedLog Log { get; } = new();

    public ToolOptions Options => new(Project, [Bin, "/usr/bin", "/bin"], new Dictionary<string, VersionRule>(),
        TimeSpan.FromMinutes(1))
    {
        ToolsDirectory = Tools,
        DotNetHost = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH")
            ?? (File.Exists("/usr/bin/dotnet") ? "/usr/bin/dotnet" : Environment.ProcessPath),
    };

    /// <summary>Writes a shell script below the root and returns its path.</summary>
    public string Script(string path, string body)
    {
        var file = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "#!/bin/sh\n" + body + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return file;
    }

    /// <summary>A script that records each start in a file beside it, so that a test can count the starts.</summary>
    public string CountingScript(string path, string version) =>
        Script(path, $"echo start >> '{Path.Combine(Root, path)}.starts'; echo {version}");

    public int Starts(string path) => File.Exists(Path.Combine(Root, path) + ".starts")
        ? File.ReadAllLines(Path.Combine(Root, path) + ".starts").Length : 0;

    public static ToolDeclaration Tool(string name, params (string Name, string Value)[] metadata)
    {
        var diagnostics = new List<Diagnostic>();
        var tool = ToolDeclaration.Parse(Item(name, metadata), diagnostics);
        diagnostics.ShouldBeEmpty();
        return tool;
    }

    public static DeclarationItem Item(string name, params (string Name, string Value)[] metadata) =>
        new("Tool", name, metadata.ToDictionary(m => m.Name, m => m.Value, StringComparer.OrdinalIgnoreCase),
            () => new SourceLocation("/build.proj", 7));

    public async Task<ToolResult> ResolveAsync(params ToolDeclaration[] tools) =>
        (await ToolResolver.ResolveAsync(tools, Options, Log, TestContext.Current.CancellationToken))[^1];

    /// <summary>
    /// Makes a .NET tool package of the dummy tool in a folder, and a NuGet.config in the project that knows only this
    /// folder.
    /// </summary>
    public void Feed(string package, string version)
    {
        var feed = Directory.CreateDirectory(Path.Combine(Root, "feed")).FullName;
        File.WriteAllText(Path.Combine(Project, "NuGet.config"),
            "<configuration><packageSources><clear/><add key=\"local\" "
                + $"value=\"{feed}\"/></packageSources></configuration>");
        using var archive = ZipFile.Open(Path.Combine(feed, $"{package}.{version}.nupkg"), ZipArchiveMode.Create);
        Add($"{package}.nuspec", $"""
            <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"><metadata>
              <id>{package}</id><version>{version}</version><authors>test</authors><description>test</description>
              <packageTypes><packageType name="DotnetTool" /></packageTypes>
            </metadata></package>
            """);
        Add("tools/net10.0/any/DotnetToolSettings.xml", $"""
            <DotNetCliTool Version="1"><Commands><Command Name="{package}" EntryPoint="{Path.GetFileName(Dummy)}" Runner="dotnet" /></Commands></DotNetCliTool>
            """);
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(Dummy)!,
            Path.GetFileNameWithoutExtension(Dummy) + ".*"))
            archive.CreateEntryFromFile(file, $"tools/net10.0/any/{Path.GetFileName(file)}");

        void Add(string name, string text)
        {
            using var writer = new StreamWriter(archive.CreateEntry(name).Open());
            writer.Write(text);
        }
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static string Dummy =>
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "DummyTool", "debug", "dummy-tool.dll"));
}

/// <summary>A log that collects the messages of the core.</summary>
internal sealed class CollectedLog : IBuildLog
{
    public List<string> Lines { get; } = [];
    public List<Diagnostic> Diagnostics { get; } = [];
    public void Info(string message) => Lines.Add(message);
    public void Detail(string message) => Lines.Add(message);
    public void Progress(string message) { }
    public void Report(Diagnostic diagnostic) => Diagnostics.Add(diagnostic);
}
