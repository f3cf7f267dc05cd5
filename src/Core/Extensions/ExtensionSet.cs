using System.Reflection;

namespace Verus.Artifact.Extensions;

/// <summary>
/// What a project can refer to by name: what ships with the SDK, and what the assemblies of its items
/// <c>ArtifactExtension</c> have. Immutable. Everything is found by its type, so that a new one is a new class and
/// nothing else.
/// </summary>
public sealed class ExtensionSet
{
    // What an extension may be, with the word for it. Stands before BuiltIn, which is made of it.
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

    /// <summary>What ships with the SDK.</summary>
    public static ExtensionSet BuiltIn { get; } =
        new([.. MembersOf(typeof(ExtensionSet).Assembly.GetTypes(), "", "the SDK")]);

    /// <summary>Readers of output.</summary>
    public Catalogue<IOutputReader> Readers { get; }

    /// <summary>Formats of files.</summary>
    public Catalogue<IDatasetFormat> Formats { get; }

    /// <summary>Kinds of figures, beside those that ship, which draw with more than a canvas.</summary>
    public Catalogue<IFigureKind> FigureKinds { get; }

    /// <summary>Functions of formulas, beside those that ship, some of which do more than compute a number.</summary>
    public Catalogue<IFormulaFunction> Functions { get; }

    /// <summary>Kinds of places where experiments run.</summary>
    public Catalogue<IPlaceKind> Executors { get; }

    /// <summary>The set with what an assembly has beside it.</summary>
    /// <param name="assembly">The assembly; its public classes with a public constructor without parameters
    /// count.</param>
    /// <param name="origin">What tells this content of the assembly from another one.</param>
    /// <param name="file">The assembly for messages.</param>
    /// <param name="refused">Why a name cannot be had, which only the room of a contract knows, as the end of a
    /// sentence; null: it can.</param>
    /// <param name="problem">What is wrong with it, as the end of a sentence; null: nothing.</param>
    /// <exception cref="ReflectionTypeLoadException">A type of the assembly refers to what is not there.</exception>
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

    // An executor of an extension stands beside those of the SDK, which are made of more than an extension sees.
    private static IEnumerable<INamed> Faces(INamed one) => one is IExecutorKind kind
        ? [one, new AddedPlaceKind(kind)] : [one];

    private sealed record Member(Type Contract, INamed One, string Origin, string File);
}
