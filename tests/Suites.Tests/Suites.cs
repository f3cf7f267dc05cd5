namespace Verus.Artifact.Tests;

/// <summary>The extensions that a project which uses the paper's suites can refer to.</summary>
internal static class Suites
{
    /// <summary>The extensions that ship with the SDK and with all packages of suites.</summary>
    public static ExtensionSet All { get; } = new[] { typeof(VerusReader), typeof(DafnyReader),
        typeof(PageTableReader) }.Aggregate(ExtensionSet.BuiltIn,
        (set, one) =>
        {
            set = set.With(one.Assembly, "", one.Assembly.GetName().Name!, _ => null, out var problem);
            problem.ShouldBeNull();
            return set;
        });
}
