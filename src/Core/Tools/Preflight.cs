using System.Text;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Tools;

/// <summary>Something that a machine lacks.</summary>
/// <param name="What">The missing resource, such as "tool z3" or "memory".</param>
/// <param name="Needed">The required amount or version.</param>
/// <param name="Found">What was found instead.</param>
/// <param name="Remedy">Advice on what a user can do.</param>
/// <param name="NeededBy">The experiments or figures that need the missing thing.</param>
public sealed record Shortfall(string What, string Needed, string Found, string Remedy, IReadOnlyList<string> NeededBy)
{
    /// <summary>What the set-up script provides, such as <c>engine</c> or <c>deb:g++</c>; empty for what no script
    /// can.</summary>
    public IReadOnlyList<string> SetUp { get; init; } = [];

    /// <summary>The missing thing, with what was needed and found.</summary>
    public string Words => $"{What}: needed {Needed}, found {Found}";

    /// <summary>The tools that cannot be provided without it; empty for what is no tool.</summary>
    public IReadOnlyList<string> Tools { get; init; } = [];
}

/// <summary>Finds everything that is missing before any long work begins, and reports it in one error.</summary>
public static class Preflight
{
    /// <summary>All shortfalls, one for each missing thing, with the experiments and figures that need it.</summary>
    /// <param name="requirements">The requirements, each with the experiment or figure that has it.</param>
    /// <param name="facts">What the machine has.</param>
    /// <param name="tools">The results of looking for the tools; tools that can be installed or built count as
    /// present.</param>
    public static IReadOnlyList<Shortfall> Check(IReadOnlyList<Requirement> requirements, MachineFacts facts,
        IReadOnlyList<ToolResult> tools)
    {
        var found = new List<Shortfall>();
        OneOf("operating system", facts.OperatingSystem, r => r.OperatingSystems,
            "Use such a machine, or a container or virtual machine of that kind.");
        OneOf("processor architecture", facts.Architecture, r => r.Architectures, "Use such a machine.");
        Least("cores", facts.Cores, r => r.Cores, value => $"{value}",
            "Use a machine with more cores, or ask for fewer targets.");
        Least("physical cores", facts.PhysicalCores, r => r.PhysicalCores, value => $"{value}",
            "Logical processors that share a core do not count. Use a machine with more cores, or ask for fewer "
                + "targets.");
        Least("NUMA nodes", facts.NumaNodes, r => r.NumaNodes, value => $"{value}",
            "Use a machine with more processor sockets.");
        Least("memory", facts.MemoryBytes, r => r.MemoryBytes, Amount.Gibibytes,
            "Use a machine with more memory, or raise the limit of its control group.");
        Least("free disk", facts.DiskBytes, r => r.DiskBytes, Amount.Gibibytes,
            "Free some space, or choose another folder with -p:ArtifactEvaluationDir=...");
        found.AddRange(LackOfTools(requirements, tools));
        return found;

        void Least(string what, long has, Func<Requirement, long> needs, Func<long, string> show, string remedy)
        {
            var lacking = requirements.Where(r => needs(r) > has).ToList();
            if (lacking.Count > 0)
                found.Add(new(what, show(lacking.Max(needs)), show(has), WithOwn(remedy, lacking),
                    [.. lacking.Select(r => r.NeededBy).Distinct()]));
        }

        void OneOf(string what, string has, Func<Requirement, IReadOnlyList<string>> needs, string remedy)
        {
            foreach (var lacking in requirements.Where(r =>
                needs(r).Count > 0 && !needs(r).Contains(has, StringComparer.OrdinalIgnoreCase))
                .GroupBy(r => string.Join(" or ", needs(r)), StringComparer.Ordinal))
                found.Add(new(what, lacking.Key, has, WithOwn(remedy, lacking),
                    [.. lacking.Select(r => r.NeededBy).Distinct()]));
        }

        // The advice that the experiments themselves give, such as to use a smaller load.
        static string WithOwn(string remedy, IEnumerable<Requirement> lacking) =>
            string.Join(' ', lacking.Select(r => r.Remedy).OfType<string>().Distinct(StringComparer.Ordinal)
                .Prepend(remedy));
    }

    // Several tools may lack the same tool, which is reported once; one tool may lack several tools, each of which is
    // reported.
    private static IEnumerable<Shortfall> LackOfTools(IReadOnlyList<Requirement> requirements,
        IReadOnlyList<ToolResult> tools)
    {
        var without = tools.OfType<MissingTool>().Where(tool => tool.Provision is null)
            .SelectMany(tool => tool.Obstacles.Select(root => (Tool: tool, Root: root)));
        foreach (var group in without.GroupBy(pair => pair.Root.Name, StringComparer.OrdinalIgnoreCase))
        {
            var names = group.Select(pair => pair.Tool.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
            var users = requirements.Where(r => r.Tools.Any(names.Contains)).Select(r => r.NeededBy).Distinct()
                .ToList();
            var root = group.First().Root;
            var by = group.Select(pair => pair.Tool.Name)
                .Where(name => !name.Equals(root.Name, StringComparison.OrdinalIgnoreCase)).ToList();
            if (users.Count > 0)
                yield return new($"tool {root.Name}",
                    by.Count == 0 ? root.Needed : $"{root.Needed} (by {string.Join(", ", by)})", root.Found,
                    root.Remedy, users)
                { SetUp = root.SetUp, Tools = [.. names] };
        }
    }

    /// <summary>Merges the shortfalls that concern the same missing thing into one that names all experiments and
    /// figures which need it.</summary>
    public static List<Shortfall> Merge(IEnumerable<Shortfall> shortfalls) =>
    [
        .. shortfalls.GroupBy(shortfall => (shortfall.What, shortfall.Needed, shortfall.Found, shortfall.Remedy))
            .Select(group =>
                group.First() with { NeededBy =
                    [.. group.SelectMany(shortfall => shortfall.NeededBy)
                        .Distinct(StringComparer.OrdinalIgnoreCase)] }),
    ];

    /// <summary>
    /// The shortfalls of each experiment or figure that has any; the property OnMissing determines what happens to
    /// them.
    /// </summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<Shortfall>> ByUser(IReadOnlyList<Shortfall> shortfalls) =>
        shortfalls.SelectMany(shortfall => shortfall.NeededBy.Select(user => (user, shortfall)))
            .GroupBy(pair => pair.user, pair => pair.shortfall, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(group => group.Key, IReadOnlyList<Shortfall> (group) => [.. group],
                StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// One error that lists all shortfalls, each with its remedy, and one command for all that a script can provide;
    /// other stages may have added their own shortfalls.
    /// </summary>
    /// <param name="shortfalls">What is missing.</param>
    /// <param name="project">Absolute path of the project's folder, above which the set-up script may be.</param>
    public static Diagnostic Render(IReadOnlyList<Shortfall> shortfalls, string project)
    {
        var lines = new StringBuilder();
        foreach (var s in shortfalls)
            lines.Append('\n').Append(
                $"  {s.Words}"
                    + (s.NeededBy.Count > 0 ? $" (for {string.Join(", ", s.NeededBy)})" : "") + $". {s.Remedy}");
        if (SetUpScript.CommandFor([.. shortfalls.SelectMany(shortfall => shortfall.SetUp)], project) is { } command)
            lines.Append("\n  One command provides ")
                .Append(shortfalls.All(one => one.SetUp.Count > 0) ? "all of it: " : "a part of it: ").Append(command);
        return ToolRules.Shortfalls.At(SourceLocation.None,
            shortfalls.Count == 1 ? "one thing" : $"{shortfalls.Count} things", lines);
    }
}
