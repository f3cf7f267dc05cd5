using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Extensions;

/// <summary>
/// Loads the assemblies that <c>ArtifactExtension</c> items name. Loading an extension writes no file, so that
/// read-only calls can also load extensions.
/// </summary>
/// <param name="layout">The layout of the project; when null, it is unknown, and only absolute paths can be
/// loaded.</param>
/// <param name="trace">Record to which every file that is loaded is added.</param>
/// <param name="refused">Function that explains why a name is not available; see <see
/// cref="ExtensionSet.With"/>.</param>
internal sealed class ExtensionLoader(EvaluationLayout? layout, InputTrace? trace, Func<INamed, string?> refused)
{
    private static readonly AssemblyName Contract = typeof(INamed).Assembly.GetName();

    private static readonly string[] Parts = ["*.dll", "*.so", "*.deps.json", "runtimes"];

    // The cache of loaded extensions has file and content as its key, since a long-lived build node must notice when an
    // extension has been rebuilt.
    private static readonly ConcurrentDictionary<(string File, string Content), Lazy<Assembly>> Loaded = new();
    private readonly ContentHashes hashes = new();

    /// <summary>Loads the extensions, and returns them together with the entries that ship with the SDK.</summary>
    /// <param name="items">The items.</param>
    /// <param name="found">List to which a diagnostic is added for each extension that cannot be used.</param>
    public ExtensionSet Load(IEnumerable<DeclarationItem> items, ICollection<Diagnostic> found)
    {
        var set = ExtensionSet.BuiltIn;
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            var reader = new Declarations.MetadataReader(item, found);
            var named = reader.Text("Assembly") ?? item.Name;
            // The MSBuild properties with which a project of an extension is built; the targets read them.
            reader.Text("Properties");
            reader.Finish();
            var file = layout?.Resolve(named) ?? named;
            if (!Path.IsPathRooted(file) || !known.Add(file))
                continue;
            try
            {
                set = With(set, item, file);
            }
            catch (DiagnosticException problem)
            {
                foreach (var diagnostic in problem.Diagnostics)
                    found.Add(diagnostic);
            }
        }
        return set;
    }

    private ExtensionSet With(ExtensionSet set, DeclarationItem item, string file)
    {
        try
        {
            var content = ContentOf(file);
            CheckContract(item, file);
            var assembly = Loaded.GetOrAdd((file, content),
                key => new Lazy<Assembly>(() => new ExtensionContext(key.File, key.Content).LoadFile(key.File))).Value;
            set = set.With(assembly, content[..16], Path.GetFileName(file), refused, out var problem);
            return problem is null ? set : throw ExtensionRules.Unusable.Error(item.Where, item.Name, problem);
        }
        catch (ReflectionTypeLoadException problem)
        {
            throw DoesNotLoad(item, problem.LoaderExceptions.OfType<Exception>().FirstOrDefault() ?? problem);
        }
        catch (TargetInvocationException problem)
        {
            // Reflection wraps an exception that a constructor throws.
            var cause = problem.GetBaseException();
            throw ExtensionRules.Failed.Error(item.Where, item.Name, "it was made", PlainText.Of(cause));
        }
        catch (Exception problem) when (problem is FileLoadException or TypeLoadException or MissingMethodException
            || (problem is FileNotFoundException missing && missing.FileName != file))
        {
            throw DoesNotLoad(item, problem);
        }
        // Even reading the name or the version of an extension can fail.
        catch (Exception problem)
            when (problem is not (DiagnosticException or IOException or UnauthorizedAccessException
                or BadImageFormatException or OutOfMemoryException))
        {
            throw ExtensionRules.Failed.Error(item.Where, item.Name, "it was made", PlainText.Of(problem));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException
            or BadImageFormatException)
        {
            throw ExtensionRules.NoAssembly.Error(item.Where, item.Name,
                problem is BadImageFormatException
                    ? "it is not a .NET assembly" : PlainText.Line(problem.Message).TrimEnd('.'));
        }
    }

    // The identity of an extension covers its assembly and all files beside it on which it may depend.
    private string ContentOf(string file)
    {
        trace?.File(file);
        RegularFile.Open(file, followLink: true).Dispose();
        var folder = Path.GetDirectoryName(file)!;
        var parts = Parts.SelectMany(pattern => Matches(Path.Combine(folder, pattern))).Append(file).Distinct()
            .Order(StringComparer.Ordinal);
        return ContentHashes.OfText(
            string.Join('\n', parts.Select(part => $"{Path.GetRelativePath(folder, part)} {hashes.OfFile(part)}")));
    }

    private IReadOnlyList<string> Matches(string pattern) => trace?.Matches(pattern) ?? Globbing.Files(pattern);

    private static void CheckContract(DeclarationItem item, string file)
    {
        using var assembly = new PEReader(RegularFile.Open(file, followLink: true));
        if (!assembly.HasMetadata)
            throw new BadImageFormatException();
        var metadata = assembly.GetMetadataReader();
        var wanted = metadata.AssemblyReferences.Select(metadata.GetAssemblyReference)
            .Where(reference => metadata.StringComparer.Equals(reference.Name, Contract.Name!))
            .Select(reference => reference.Version).FirstOrDefault();
        var problem = wanted is null ? $"does not refer to {Contract.Name}"
            : wanted.Major != Contract.Version!.Major || wanted > Contract.Version
                ? $"was built against version {wanted.ToString(2)} of {Contract.Name}" : null;
        if (problem is not null)
            throw ExtensionRules.OtherContract.Error(item.Where, item.Name, problem, Contract.Version!.ToString(2));
    }

    private static DiagnosticException DoesNotLoad(DeclarationItem item, Exception problem) =>
        ExtensionRules.DoesNotLoad.Error(item.Where, item.Name, PlainText.Line(problem.Message).TrimEnd('.'),
            Environment.Version.Major);
}
