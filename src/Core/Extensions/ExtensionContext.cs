using System.Reflection;
using System.Runtime.Loader;

namespace Verus.Artifact.Extensions;

/// <summary>
/// The load context of one extension with one particular content, and of its dependencies. The contracts of extensions
/// come from this program; all other code comes from the extension or from .NET. Assemblies are read into memory as a
/// whole, so that the file can be rebuilt while a long-lived build node has it loaded, and the next build loads the new
/// file.
/// </summary>
internal sealed class ExtensionContext : AssemblyLoadContext
{
    private static readonly Assembly[] Shared = [typeof(INamed).Assembly];
    private readonly AssemblyDependencyResolver resolver;

    public ExtensionContext(string file, string content) : base($"{Path.GetFileName(file)} {content[..16]}") =>
        resolver = new AssemblyDependencyResolver(file);

    /// <summary>Loads an assembly from the current content of its file.</summary>
    public Assembly LoadFile(string file)
    {
        using var assembly = new MemoryStream(File.ReadAllBytes(file));
        var symbols = Path.ChangeExtension(file, ".pdb");
        using var debug = File.Exists(symbols) ? new MemoryStream(File.ReadAllBytes(symbols)) : null;
        return LoadFromStream(assembly, debug);
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName) =>
        Array.Find(Shared, shared => shared.GetName().Name == assemblyName.Name)
            ?? (resolver.ResolveAssemblyToPath(assemblyName) is { } file ? LoadFile(file) : null);

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } file ? LoadUnmanagedDllFromPath(file) : 0;
}
