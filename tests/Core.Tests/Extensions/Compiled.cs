using System.Diagnostics;
using System.Globalization;

namespace Verus.Artifact.Tests.Extensions;

/// <summary>
/// Compiles assemblies for tests as an author of an extension would: with the compiler of the .NET SDK, in a separate
/// process. A compiler inside the process of the tests, which runs for many minutes, once failed at each call.
/// </summary>
internal static class Compiled
{
    private static readonly string Framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    private static readonly string[] FrameworkAssemblies =
    [
        "System.Private.CoreLib", "System.Runtime", "System.Collections", "System.Linq", "System.Threading",
        "System.Memory", "System.Console", "System.ComponentModel.Primitives", "System.Diagnostics.Process",
        "netstandard",
    ];

    /// <summary>The present assembly with the contracts of extensions.</summary>
    public static string Contracts { get; } = typeof(INamed).Assembly.Location;

    /// <summary>The folder of the .NET installation that runs the tests.</summary>
    private static string DotNet { get; } = Path.GetFullPath(Path.Combine(Framework, "..", "..", ".."));

    private static string Compiler { get; } =
        Directory.EnumerateDirectories(Path.Combine(DotNet, "sdk"))
            .OrderBy(folder => Path.GetFileName(folder),
                StringComparer.Create(CultureInfo.InvariantCulture, CompareOptions.NumericOrdering))
            .Select(folder => Path.Combine(folder, "Roslyn", "bincore", "csc.dll"))
            .Last(File.Exists);

    /// <summary>Writes an assembly, and returns its path.</summary>
    /// <param name="folder">The folder to which the assembly is written.</param>
    /// <param name="name">Its name.</param>
    /// <param name="code">The source code, for which the usual namespaces are imported.</param>
    /// <param name="references">The paths of assemblies that the code refers to, in addition to those of .NET; if none
    /// are given, the contracts.</param>
    public static string To(string folder, string name, string code, params string[] references)
    {
        const string Usings =
            "global using System; global using System.Collections.Generic; global using System.IO; global using "
                + "System.Linq;"
            + "global using System.Threading; global using System.Threading.Tasks;";
        Directory.CreateDirectory(folder);
        var sources = Directory.CreateTempSubdirectory("compiled-").FullName;
        try
        {
            var (usings, source) = (Path.Combine(sources, "Usings.cs"), Path.Combine(sources, "Source.cs"));
            File.WriteAllText(usings, Usings);
            File.WriteAllText(source, code);
            var path = Path.Combine(folder, name + ".dll");
            IEnumerable<string> all =
            [
                .. FrameworkAssemblies.Select(assembly => Path.Combine(Framework, assembly + ".dll")),
                .. references.Length > 0 ? references : [Contracts],
            ];
            Programs.Run(new ProcessStartInfo(Path.Combine(DotNet, "dotnet"),
            [
                "exec", Compiler, "-nologo", "-noconfig", "-nostdlib", "-target:library", "-nullable:enable",
                "-out:" + path, .. all.Select(file => "-reference:" + file), usings, source,
            ])).Succeeds();
            return path;
        }
        finally
        {
            Directory.Delete(sources, recursive: true);
        }
    }

    /// <summary>Compiles an extension with one reader, and returns its path.</summary>
    /// <param name="folder">The folder to which the assembly is written.</param>
    /// <param name="read">The statements that the reader executes on <c>output</c>.</param>
    /// <param name="name">Name of the reader and of the assembly.</param>
    /// <param name="more">Further members and types of the source code.</param>
    public static string Reader(string folder, string read, string name = "Mine", string more = "") =>
        To(folder, name, $$"""
        using Verus.Artifact.Extensions;
        public sealed class TheReader : IOutputReader
        {
            public string Name => "{{name}}";
            public int Version => 1;
            {{more}}
            public IReadOnlyList<Reading> Read(SampleOutput output) { {{read}} }
        }
        """);
}
