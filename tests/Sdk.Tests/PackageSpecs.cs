using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Verus.Artifact.Tests;

/// <summary>What strangers get.</summary>
public sealed partial class PackageSpecs : SdkProject
{
    private static readonly byte[] ElfOfX64 = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1];

    // The kind of the record in portable symbols that says where the sources are.
    private static readonly Guid SourceLink = new("cc110556-a091-4d38-9fec-25ab9a351a6a");

    private static readonly string[] Suites = ["Verus.Artifact.Suites.Verus", "Verus.Artifact.Suites.Verifiers",
        "Verus.Artifact.Suites.Paper"];

    public static TheoryData<string> Packages =>
        ["Verus.Artifact.Sdk", "Verus.Artifact.Templates", "Verus.Artifact.Abstractions", .. Suites];

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_has_its_papers(string id)
    {
        using var package = Open(id);
        using var stream = package.GetEntry(id + ".nuspec")!.Open();
        var metadata = XDocument.Load(stream).Root!.Elements().Single();
        string Of(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
        (Of("id"), Of("version"), Of("license"), Of("readme"),
            Of("icon")).ShouldBe((id, Version, "MIT", "README.md", "icon.png"));
        Of("description").ShouldNotBeEmpty();
        metadata.Descendants().Where(element => element.Name.LocalName == "dependency").ShouldBeEmpty();
        Names(package).ShouldContain("README.md");
        Names(package).ShouldContain("LICENSE");
        using var icon = new MemoryStream();
        using (var from = package.GetEntry("icon.png")!.Open())
            from.CopyTo(icon);
        icon.ToArray()[..4].ShouldBe([0x89, (byte)'P', (byte)'N', (byte)'G']);
    }

    [Fact]
    public void It_brings_no_assembly_of_MSBuild() =>
        Names(Open("Verus.Artifact.Sdk"))
            .Where(name => Path.GetFileName(name).StartsWith("Microsoft.Build", StringComparison.Ordinal))
            .ShouldBeEmpty();

    [Fact]
    public void Native_code_is_for_the_one_platform_that_is_supported()
    {
        using var package = Open("Verus.Artifact.Sdk");
        Names(package).Where(name => name.Contains("/runtimes/", StringComparison.Ordinal)
            || name.EndsWith(".exe", StringComparison.Ordinal) || name.EndsWith(".dylib", StringComparison.Ordinal))
            .ShouldBeEmpty();
        var native = package.Entries.Where(entry => entry.FullName.EndsWith(".so", StringComparison.Ordinal)
            || entry.Name == "artifact-runner").ToList();
        native.Count.ShouldBeGreaterThan(3);
        foreach (var entry in native.AtLeastOne())
        {
            var head = new byte[20];
            using var stream = entry.Open();
            stream.ReadExactly(head);
            head[..6].ShouldBe(ElfOfX64, entry.FullName);
            head[18].ShouldBe((byte)62, $"{entry.FullName} is not for x86-64");
        }
    }

    [Theory]
    [InlineData("Tasks")]
    [InlineData("Core")]
    [InlineData("Protocol")]
    public void Symbols_stand_beside_the_assemblies_and_name_no_folder_of_the_machine_that_built_them(string name)
    {
        using var package = Open("Verus.Artifact.Sdk");
        package.GetEntry($"tools/net10.0/Verus.Artifact.{name}.dll").ShouldNotBeNull();
        using var memory = new MemoryStream();
        using (var stream = package.GetEntry($"tools/net10.0/Verus.Artifact.{name}.pdb")!.Open())
            stream.CopyTo(memory);
        memory.Position = 0;
        using var provider = MetadataReaderProvider.FromPortablePdbStream(memory);
        var reader = provider.GetMetadataReader();
        var documents = reader.Documents.Select(handle => reader.GetString(reader.GetDocument(handle).Name)).ToList();
        documents.AtLeastOne().ShouldAllBe(path => path.StartsWith("/_/", StringComparison.Ordinal)
            || !path.StartsWith('/'));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void No_file_of_a_package_names_the_folder_it_was_built_in(string id)
    {
        using var package = Open(id);
        HoldNoPath(package, Repository);
    }

    private static void HoldNoPath(ZipArchive package, string built)
    {
        var folder = System.Text.Encoding.UTF8.GetBytes(built + "/");
        foreach (var entry in package.Entries.AtLeastOne())
        {
            using var memory = new MemoryStream();
            using (var stream = entry.Open())
                stream.CopyTo(memory);
            memory.GetBuffer().AsSpan(0, (int)memory.Length).IndexOf(folder).ShouldBe(-1, entry.FullName);
        }
    }

    [Theory]
    [InlineData("Verus.Artifact.Sdk", 27)]
    [InlineData("Verus.Artifact.Suites.Paper", 1)]
    [InlineData("Verus.Artifact.Suites.Verifiers", 1)]
    [InlineData("Verus.Artifact.Suites.Verus", 1)]
    [InlineData("Verus.Artifact.Abstractions", 1)]
    [InlineData("Verus.Artifact.Templates", 1)]
    public void A_package_is_lean(string id, int megabytes) =>
        new FileInfo(FileOf(id)).Length.ShouldBeLessThan(megabytes * 1_000_000L);

    [Theory]
    [InlineData("Verus.Artifact.Core", true)]
    [InlineData("BouncyCastle.Cryptography", false)]
    public void What_most_builds_need_is_precompiled_and_large_libraries_that_few_need_are_not(string name,
        bool isPrecompiled)
    {
        using var package = Open("Verus.Artifact.Sdk");
        using var memory = new MemoryStream();
        using (var stream = package.GetEntry($"tools/net10.0/{name}.dll")!.Open())
            stream.CopyTo(memory);
        memory.Position = 0;
        using var reader = new PEReader(memory);
        (reader.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0).ShouldBe(isPrecompiled);
    }

    [Fact]
    public void The_documentation_is_in_the_package_and_its_pages_link_to_each_other()
    {
        using var package = Open("Verus.Artifact.Sdk");
        var names = Names(package).ToHashSet();
        var pages = names.Where(name => name.StartsWith("docs/", StringComparison.Ordinal)
            && name.EndsWith(".md", StringComparison.Ordinal)).ToList();
        pages.ShouldContain("docs/reference.md");
        pages.Count(page => page.StartsWith("docs/diagnostics/VART", StringComparison.Ordinal))
            .ShouldBe(Directory.EnumerateFiles(Path.Combine(Repository, "docs/diagnostics")).Count());
        var held = 0;
        foreach (var page in pages.AtLeastOne())
            foreach (var link in RelativeLink().Matches(Text(package, page)).Select(match => match.Groups["to"].Value))
            {
                var target = Path.GetRelativePath("/", Path.GetFullPath(link, "/" + Path.GetDirectoryName(page)));
                // Samples, sources and files of the repository are not in the package.
                if (!target.StartsWith("docs/", StringComparison.Ordinal) || target == "docs/report.png")
                    continue;
                names.ShouldContain(target, $"{page} links to {link}");
                held++;
            }
        held.ShouldBeGreaterThan(500);
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Until_there_is_a_public_home_the_page_of_a_package_links_to_no_file(string id)
    {
        using var package = Open(id);
        Text(package, "README.md").Length.ShouldBeGreaterThan(200);
        RelativeLink().Matches(Text(package, "README.md")).ShouldBeEmpty();
        Text(package, id + ".nuspec").ShouldNotContain("projectUrl");
    }

    [Fact]
    public void With_a_public_home_links_and_symbols_lead_there_and_no_path_of_the_build_is_in_the_package()
    {
        const string Id = "Verus.Artifact.Abstractions", Home = "https://github.com/example/artifact";
        var objects = Path.Combine(Folder, "objects");
        Run("dotnet", "pack", Path.Combine(Repository, "src", Id, Id + ".csproj"), "-c", "Release", "--no-restore",
            "-nologo", "-v:q", "-o", Folder, $"-p:PublicHome={Home}", $"-p:IntermediateOutputPath={objects}/",
            $"-p:OutputPath={Folder}/output/", $"-p:PathMap={objects}/=/_/objects/%2C{Repository}/=/_/").Succeeds();
        using var package = ZipFile.OpenRead(Path.Combine(Folder, $"{Id}.{Version}.nupkg"));
        HoldNoPath(package, Repository);
        HoldNoPath(package, Folder);
        var specification = XDocument.Parse(Text(package, Id + ".nuspec")).Descendants().ToList();
        specification.Single(element => element.Name.LocalName == "projectUrl").Value.ShouldBe(Home);
        specification.Single(element => element.Name.LocalName == "repository").Attribute("url")!.Value.ShouldBe(Home);
        var page = Text(package, "README.md");
        RelativeLink().Matches(page).ShouldBeEmpty();
        page.ShouldContain($"]({Home}/blob/v{Version}/docs/README.md)");
        page.ShouldContain($"]({Home}/raw/v{Version}/docs/report.png)");

        using var symbols = File.OpenRead(Path.Combine(objects, Id + ".pdb"));
        using var provider = MetadataReaderProvider.FromPortablePdbStream(symbols);
        var reader = provider.GetMetadataReader();
        var links = reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation)
            .Single(information => reader.GetGuid(information.Kind) == SourceLink);
        var documents = JsonDocument.Parse(reader.GetBlobBytes(links.Value)).RootElement.GetProperty("documents")
            .EnumerateObject().ShouldHaveSingleItem();
        documents.Name.ShouldBe("/_/*");
        documents.Value.GetString()!.ShouldMatch(
            "^https://raw\\.githubusercontent\\.com/example/artifact/[0-9a-f]{40}/\\*$");
    }

    [Fact]
    public void What_it_holds_of_others_stands_in_its_notices_with_a_licence_and_nothing_else_does()
    {
        using var package = Open("Verus.Artifact.Sdk");
        var sections = Text(package, "THIRD-PARTY-NOTICES.txt")
            .Split("= = = = = = = = = = = = = = = = = = = = = = = = = = = = = = = = = = = = = = = =\n").Skip(1)
            .ToDictionary(section => section.Split('\n')[0], section => section);
        var libraries = JsonDocument.Parse(Text(package, "tools/net10.0/Verus.Artifact.Tasks.deps.json")).RootElement;
        var packed = libraries.GetProperty("libraries").EnumerateObject()
            .Where(library => library.Value.GetProperty("type").GetString() == "package")
            .Select(library => library.Name.Replace('/', ' ')).ToList();
        packed.Count.ShouldBeGreaterThan(10);
        // The notices cover the runtime and the C library in the runner, and two fonts.
        var others = sections.Keys.Except(packed).ToList();
        others.Count.ShouldBe(4, string.Join(", ", sections.Keys));
        packed.ShouldBeSubsetOf(sections.Keys);
        foreach (var one in new[] { "Microsoft.NETCore.App.Runtime.NativeAOT.linux-x64 ", "GNU C Library ",
            "DejaVuSans.ttf ", "DejaVuSans-Bold.ttf " })
            others.ShouldContain(name => name.StartsWith(one, StringComparison.Ordinal));
        foreach (var (name, section) in sections.AtLeastOne())
            section.ShouldMatch(
                "(?i)permission is hereby granted|licensed under|licence: |apache license|redistribution|LGPL|public "
                    + "domain|general public license", name);
        // Every file of the package is one of a known library or of the SDK itself.
        var known = libraries.GetProperty("targets").EnumerateObject()
            .SelectMany(target => target.Value.EnumerateObject())
            .SelectMany(library => new[] { "runtime",
                "native" }.SelectMany(kind => library.Value.TryGetProperty(kind, out var files)
                    ? files.EnumerateObject().Select(file => Path.GetFileName(file.Name)) : []))
            .Concat(others.Select(name => name.Split(' ')[0])).Append("artifact-runner").ToHashSet();
        var binaries = package.Entries.Where(entry => entry.FullName.StartsWith("tools/", StringComparison.Ordinal)
            && Path.GetExtension(entry.Name) is ".dll" or ".so" or ".ttf" or "").ToList();
        binaries.Select(entry => entry.Name).AtLeastOne().ShouldBeSubsetOf(known);
    }

    [Fact]
    public void Every_project_has_the_hashes_of_its_packages_and_names_no_place_they_come_from()
    {
        var projects = new[] { "src",
            "tests" }.SelectMany(folder => Directory.EnumerateDirectories(Path.Combine(Repository, folder)))
            .Where(folder => Directory.EnumerateFiles(folder, "*.csproj").Any()).ToList();
        projects.Count.ShouldBeGreaterThan(5);
        var packages = 0;
        foreach (var project in projects.AtLeastOne())
        {
            var text = File.ReadAllText(Path.Combine(project, "packages.lock.json"));
            text.ShouldNotContain("://", customMessage: project);
            foreach (var package in JsonDocument.Parse(text).RootElement.GetProperty("dependencies").EnumerateObject()
                .SelectMany(framework => framework.Value.EnumerateObject()))
            {
                (package.Value.GetProperty("type").GetString() == "Project"
                    || package.Value.TryGetProperty("contentHash", out _)).ShouldBeTrue($"{project}: {package.Name}");
                packages++;
            }
        }
        packages.ShouldBeGreaterThan(50);
    }

    [Fact]
    public void The_evaluation_of_this_repository_imports_the_files_that_the_packages_hold_and_no_others()
    {
        string[] packages = ["Verus.Artifact.Sdk", .. Suites];
        var packed = packages.SelectMany(id =>
            Names(Open(id)).Where(name => Path.GetExtension(name) is ".props" or ".targets")
                .Select(name => $"{id}/{name}")).AtLeastOne();
        var source = Path.Combine(Repository, "src") + "/";
        InProcess.Imports(Path.Combine(Repository, "build.proj"))
            .Where(file => file.StartsWith(source, StringComparison.Ordinal)).Select(file => file[source.Length..])
            .ShouldBe(packed, ignoreOrder: true);
    }

    [Fact]
    public void Every_other_file_of_a_suite_is_in_its_package()
    {
        foreach (var id in Suites.AtLeastOne())
        {
            var source = Path.Combine(Repository, "src", id);
            Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(source, file))
                .Where(file => Path.GetExtension(file) is not (".cs" or ".csproj") && file != "packages.lock.json")
                .AtLeastOne().ShouldBeSubsetOf(Names(Open(id)), id);
        }
    }

    [Fact]
    public void Packages_name_each_other_by_the_version_that_they_have()
    {
        foreach (var file in new[] { "Sdk.props", "Sdk.targets" })
        {
            var imports = XDocument.Load(Path.Combine(Repository, "src/Verus.Artifact.Suites.Paper/Sdk", file))
                .Descendants("Import").Where(import => import.Attribute("Sdk") is not null).ToList();
            imports.Select(import => import.Attribute("Sdk")!.Value).ShouldBe(Suites[..2]);
            imports.AtLeastOne().ShouldAllBe(import => import.Attribute("Version")!.Value == Version);
        }
    }

    [Fact]
    public void A_project_of_strangers_gets_the_papers_targets_by_its_first_line()
    {
        File.WriteAllText(Project,
            $"<Project Sdk=\"Verus.Artifact.Suites.Paper/{Version};Verus.Artifact.Sdk/{Version}\" />");
        File.WriteAllText(Path.Combine(Folder, "NuGet.config"), $"""
            <configuration><packageSources><clear /><add key="packed" value="{Repository}/artifacts/packages" /></packageSources></configuration>
            """);
        var listed = Isolated(Folder, "build", Project, "-t:List", "-nologo", "-tl:off", "-clp:NoSummary").Succeeds();
        foreach (var target in new[] { "BuildVerus", "RunMilli", "Figure6a", "Set3" })
            listed.Output.ShouldContain($"-t:{target}");
    }

    [Fact]
    public void Two_packs_of_the_same_files_differ_in_nothing_but_the_times_that_NuGet_stamps()
    {
        var again = Path.Combine(Folder, "again");
        foreach (var id in Packages.Select(row => row.Data).AtLeastOne())
        {
            var project = Path.Combine(Repository, "src", id, id + ".csproj");
            Run("dotnet", "pack", project, "-c", "Release", "--no-restore", "-o", again, "-nologo", "-v:q",
                $"-p:IntermediateOutputPath={Folder}/obj/{id}/",
                $"-p:PathMap={Folder}/obj/{id}/=/_/artifacts/obj/{id}/release/%2C{Repository}/=/_/").Succeeds();
            using var first = Open(id);
            using var second = ZipFile.OpenRead(Path.Combine(again, $"{id}.{Version}.nupkg"));
            second.Entries.Select(entry => (entry.FullName, entry.Length, entry.Crc32))
                .ShouldBe(first.Entries.Select(entry => (entry.FullName, entry.Length, entry.Crc32)));
        }
    }

    private static string FileOf(string id) =>
        Path.Combine(Repository, "artifacts/packages", $"{id}.{Version}.nupkg");

    private static ZipArchive Open(string id) => ZipFile.OpenRead(FileOf(id));

    private static string Text(ZipArchive package, string name)
    {
        using var reader = new StreamReader(package.GetEntry(name)!.Open());
        return reader.ReadToEnd();
    }

    private static IEnumerable<string> Names(ZipArchive package) => package.Entries.Select(entry => entry.FullName);

    [GeneratedRegex(@"\]\((?!\w+:|#)(?<to>[^)\s#]+)(#[^)\s]*)?\)", RegexOptions.ExplicitCapture)]
    private static partial Regex RelativeLink();
}
