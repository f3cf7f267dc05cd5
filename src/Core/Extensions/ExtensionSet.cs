using System.Reflection;

namespace Verus.Artifact.Extensions;

/// <summary>
/// Everything that a project can refer to by name: the entries that ship with the SDK, and those that the assemblies of
/// its <c>ArtifactExtension</c> items provide. The set is immutable. Entries of an assembly are found by their type, so
/// that a new entry takes only a new class.
/// </summary>
public sealed class ExtensionSet
{
    // The contracts that an extension may implement, each with its name for messages. The list of contracts must be
    // declared before BuiltIn, whose initializer uses it.
    private static readonly IReadOnlyDictionary<Type, string> Contracts = new Dictionary<Type, string>
    {
        [typeof(IOutputReader)] = "reader",
        [typeof(IDatasetFormat)] = "format",
        [typeof(IFigureKind)] = "figure kind",
        [typeof(IFormulaFunction)] = "function",
        [typeof(IPlaceKind)] = "executor",
    };

    private readonly IReadOnlyList<Member> members;

    private ExtensionSet(IReadOnlyList<Member> members)
    {
        this.members = members;
        Readers = Of<IOutputReader>();
        Formats = Of<IDatasetFormat>();
        FigureKinds = Of<IFigureKind>();
        Functions = Of<IFormulaFunction>();
        Executors = Of<IPlaceKind>();
    }

    /// <summary>The set of the entries that ship with the SDK.</summary>
    public static ExtensionSet BuiltIn { get; } =
        new([.. MembersOf(typeof(ExtensionSet).Assembly.GetTypes(), "", "the SDK")]);

    /// <summary>Output readers.</summary>
    public Catalogue<IOutputReader> Readers { get; }

    /// <summary>File formats.</summary>
    public Catalogue<IDatasetFormat> Formats { get; }

    /// <summary>The figure kinds of extensions. The built-in figure kinds are not included, since they draw with more
    /// than a canvas.</summary>
    public Catalogue<IFigureKind> FigureKinds { get; }

    /// <summary>
    /// The formula functions of extensions. The built-in formula functions are not included, since some of them do more
    /// than compute a number.
    /// </summary>
    public Catalogue<IFormulaFunction> Functions { get; }

    /// <summary>Kinds of places where experiments run.</summary>
    public Catalogue<IPlaceKind> Executors { get; }

    /// <summary>Returns this set extended with what an assembly provides.</summary>
    /// <param name="assembly">The assembly; its public classes with a public parameterless constructor are
    /// used.</param>
    /// <param name="origin">A text that identifies the content of the assembly.</param>
    /// <param name="file">The name of the assembly, for messages.</param>
    /// <param name="refused">Function that returns the end of a sentence on why a name is not available, which only the
    /// owner of a contract knows; null when the name is available.</param>
    /// <param name="problem">The end of a sentence that says what is wrong with the assembly; null when nothing is
    /// wrong.</param>
    /// <exception cref="ReflectionTypeLoadException">A type of the assembly refers to something that does not
    /// exist.</exception>
    /// <exception cref="TargetInvocationException">A constructor failed.</exception>
    public ExtensionSet With(Assembly assembly, string origin, string file, Func<INamed, string?> refused,
        out string? problem)
    {
        var found = MembersOf(assembly.GetExportedTypes(), origin, file).ToList();
        problem = found.Count == 0
            ? "has no public class that is a reader, a format, a figure kind, a function or anything else that extends "
                + "an evaluation"
            : found.Select(Clash).FirstOrDefault(clash => clash is not null);
        return problem is null ? new ExtensionSet([.. members, .. found]) : this;

        string? Clash(Member member)
        {
            var others = members.Concat(found.Where(other => !ReferenceEquals(other, member)));
            return member.One.Name is not { Length: > 0 } name ? $"has a {Contracts[member.Contract]} without a name"
                : others.FirstOrDefault(other => other.Contract == member.Contract && Same(other, name)) is { } taken
                    ? $"has the {Contracts[member.Contract]} '{name}', which {taken.File} has already"
                    : refused(member.One);
        }
    }

    private static bool Same(Member member, string name) =>
        string.Equals(member.One.Name, name, StringComparison.OrdinalIgnoreCase);

    private Catalogue<T> Of<T>() where T : class, INamed => new(members.Where(member => member.Contract == typeof(T))
        .ToDictionary(member => member.One.Name, member => ((T)member.One, member.Origin),
            StringComparer.OrdinalIgnoreCase));

    private static IEnumerable<Member> MembersOf(IEnumerable<Type> types, string origin, string file) =>
        from type in types
        where type is { IsAbstract: false, IsInterface: false, ContainsGenericParameters: false }
            && type.IsAssignableTo(typeof(INamed))
            && type.GetConstructor(Type.EmptyTypes) is not null
        from one in Faces((INamed)Activator.CreateInstance(type)!)
        from contract in Contracts.Keys
        where contract.IsInstanceOfType(one)
        select new Member(contract, one, origin, file);

    // An executor of an extension is wrapped so that it has the same interface as those of the SDK, which use more than
    // an extension can see.
    private static IEnumerable<INamed> Faces(INamed one) => one is IExecutorKind kind
        ? [one, new AddedPlaceKind(kind)] : [one];

    private sealed record Member(Type Contract, INamed One, string Origin, string File);
}
