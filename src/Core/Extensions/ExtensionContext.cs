using System.Reflection;
using System.Runtime.Loader;

namespace Verus.Artifact.Extensions;

/// <summary>
/// Where one content of one extension lives, with its own dependencies. The contracts are those of this program, and
/// everything else is the extension's own or .NET's. Assemblies are read as a whole, so that the file can be built anew
/// while a build node that stays up has it, and the next build sees the new one.
/// </summary>
internal sealed class ExtensionContext : AssemblyLoadContext
{
    private static readonly Assembly[] Shared = [typeof(INamed).Assembly];
    private readonly AssemblyDependencyResolver resolver;

    public ExtensionContext(string file, string content) : base($"{Path.GetFileName(file)} {content[..16]}") =>
        resolver = new AssemblyDependencyResolver(file);

    /// <summary>Loads an assembly from what its file holds now.</summary>
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
