using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Verus.Artifact.Tests.Extensions;

/// <summary>Assemblies that a test compiles, as an author of an extension would.</summary>
internal static class Compiled
{
    private static readonly IReadOnlyList<MetadataReference> Framework =
    [
        .. Directory.EnumerateFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "*.dll")
            .Where(file => Path.GetFileName(file)
                is "System.Private.CoreLib.dll" or "System.Runtime.dll" or "System.Collections.dll" or "System.Linq.dll"
                or "System.Threading.dll" or "System.Memory.dll" or "System.Console.dll"
                or "System.ComponentModel.Primitives.dll"
                or "System.Diagnostics.Process.dll" or "netstandard.dll")
            .Select(file => MetadataReference.CreateFromFile(file)),
    ];

    /// <summary>The contracts as they are now.</summary>
    public static string Contracts { get; } = typeof(INamed).Assembly.Location;

    /// <summary>Writes an assembly; its path.</summary>
    /// <param name="folder">Where it is written.</param>
    /// <param name="name">Its name.</param>
    /// <param name="code">Its source; the usual namespaces are imported.</param>
    /// <param name="references">Paths of assemblies that it refers to, beside .NET's; the contracts when there are
    /// none.</param>
    public static string To(string folder, string name, string code, params string[] references)
    {
        const string Usings =
            "global using System; global using System.Collections.Generic; global using System.IO; global using "
                + "System.Linq;"
            + "global using System.Threading; global using System.Threading.Tasks;";
        Directory.CreateDirectory(folder);
        var compilation = CSharpCompilation.Create(name,
            [CSharpSyntaxTree.ParseText(Usings), CSharpSyntaxTree.ParseText(code)],
            [.. Framework, .. (references.Length > 0
                ? references : [Contracts]).Select(file => MetadataReference.CreateFromFile(file))],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary,
                nullableContextOptions: NullableContextOptions.Enable));
        var path = Path.Combine(folder, name + ".dll");
        using (var file = File.Create(path))
        {
            var result = compilation.Emit(file);
            result.Success.ShouldBeTrue(string.Join('\n', result.Diagnostics));
        }
        return path;
    }

    /// <summary>An extension with one reader; its path.</summary>
    /// <param name="folder">Where it is written.</param>
    /// <param name="read">What the reader does with <c>output</c>, as statements.</param>
    /// <param name="name">Name of the reader and of the assembly.</param>
    /// <param name="more">Further members and types.</param>
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
