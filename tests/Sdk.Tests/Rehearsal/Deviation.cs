namespace Verus.Artifact.Tests.Rehearsal;

/// <summary>
/// A deliberate deviation from upstream's commands: an edit of the suites, and the message of the stand-in.
/// </summary>
/// <param name="Experiment">The experiment in which the deviation has an effect.</param>
/// <param name="File">The file of the paper's suites that is edited.</param>
/// <param name="From">The text whose first occurrence is replaced.</param>
/// <param name="To">The text that replaces the first occurrence of the other one.</param>
/// <param name="Says">A part of the stand-in's message.</param>
internal sealed record Deviation(string Experiment, string File, string From, string To, string Says)
{
    /// <summary>Each deviation is in a different experiment, so that one build meets all of them.</summary>
    public static IReadOnlyList<Deviation> All { get; } =
    [
        new("MilliOneshot.Creusot", "Milli.props", "{tool:why3} 1 {work}", "{tool:why3} 4 {work}",
            "why3: the file of WHY3CONFIG has no line 'running_provers_max = 1' (milli/linked-list/oneshot.py"),
        new("MilliOneshot.Prusti", "milli/Prusti.toml", "check_overflows = false", "check_overflows = true",
            "prusti-rustc: the file of PRUSTI_CONFIG has no line 'check_overflows = false'"),
        new("MilliErrors.Prusti", "Milli.props", "DEFAULT_PRUSTI_SERVER_MAX_CONCURRENCY=8",
            "DEFAULT_PRUSTI_SERVER_MAX_CONCURRENCY=1",
            "prusti-rustc: DEFAULT_PRUSTI_SERVER_MAX_CONCURRENCY is 1, and upstream's is 8"),
        new("MilliOneshot.FStar", "Milli.props", "{folder:fstar}/../lib/krml<", "{folder:fstar}/../lib/karamel<",
            "fstar.exe: argument 2 is '{opam}/4.14.1/lib/karamel', and upstream's is '{opam}/4.14.1/lib/krml'"),
        new("MilliOneshot.Verus", "Tools.props", "$(_VerusVargo)",
            "cd {source}/tools/vargo\ncargo build --release\ncd {source}/source",
            "vargo: z3 is not there (milli/setup/verifiers.sh)"),
        new("PageTable", "PageTable.props", "cargo build --release", "cargo build",
            "cargo: argument 2 is no more, and upstream's is '--release'"),
        new("MacroStats.NR.LinearDafny.OneCore", "MacroStats.props", "WorkingDirectory=\"/root/ironsync\"",
            "WorkingDirectory=\"/root\"", "make: the folder is /root, and upstream's is /root/ironsync"),
        new("MacroStats.NR.OneCore", "MacroStats.props", "VERUS_SINGULAR_PATH=", "SINGULAR_PATH=",
            "verus: VERUS_SINGULAR_PATH is not set, and upstream's is /usr/bin/Singular"),
        new("MacroStats.IronKV.Dafny.OneCore", "MacroStats.props", "{arith} 1 $", "1 {arith} $",
            "dafny: argument 2 is '/arith:1', and upstream's is '/arith:"),
        new("Mimalloc.Shbench", "Mimalloc.props", "$([MSBuild]::Multiply($(MimallocProcs), 2))", "16",
            "sh6bench: argument 1 is '16', and upstream's is '32'"),
    ];
}
