using System.Text;
using CliWrap;
using Verus.Artifact.Common;

namespace Verus.Artifact.Tools;

/// <summary>
/// A requirement on what must be installed on a machine besides programs, which can be Debian packages, libraries,
/// Python modules, features of the kernel, performance counters, or a GPU. An installation is one condition of
/// <c>Requires</c>; if it has several names, any one of them suffices.
/// </summary>
/// <param name="Kind">The kind of requirement: one of <see cref="Kinds"/>.</param>
/// <param name="Names">The names, at least one of which must be present.</param>
public sealed record Installation(string Kind, IReadOnlyList<string> Names)
{
    private const int MostSeconds = 20;

    /// <summary>The kinds of requirements.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["deb", "pkg-config", "python", "kernel", "perf", "gpu"];

    /// <summary>Reads a condition; returns null when the condition is of another kind or malformed.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="expected">The expected form when the condition is malformed; empty when it is well-formed or of
    /// another kind.</param>
    public static Installation? Parse(Condition condition, out string expected)
    {
        var kind = condition.Name.ToLowerInvariant();
        expected = "";
        if (!Kinds.Contains(kind))
            return null;
        expected = condition.Operator != "=" || condition.Values.Any(value => !IsName(value))
            ? $"{kind}= and a name, or several of which one is enough"
            : kind == "perf" && condition.Values is not ["hardware"] ? "perf=hardware"
            : kind == "gpu" && condition.Values.Any(value => value is not ("any" or "nvidia" or "amd"))
                ? "gpu= and any, nvidia or amd" : "";
        return expected.Length == 0 ? new Installation(kind, condition.Values) : null;
    }

    /// <summary>The condition as it is written; two conditions that are written alike have the same meaning.</summary>
    public string Text => $"{Kind}={string.Join(',', Names)}";

    /// <summary>What is found on this machine instead; null when the condition is met.</summary>
    /// <param name="cancellation">Cancels the check.</param>
    public async Task<InstallationProblem?> ProblemAsync(CancellationToken cancellation)
    {
        var found = "nothing of that name";
        foreach (var name in Names)
        {
            if (await ProblemAsync(name, cancellation).ConfigureAwait(false) is not { } problem)
                return null;
            found = problem;
        }
        // The archive of this release may have none of the packages, or not the first one.
        foreach (var name in Names.Where(_ => PackageOf(Names[0]) is not null))
            if (await IsInArchiveAsync(PackageOf(name)!, cancellation).ConfigureAwait(false))
                return new InstallationProblem(found, PackageOf(name));
        return new InstallationProblem(PackageOf(Names[0]) is { } package
            ? $"{found}, and this release has no package {package}" : found, null);
    }

    /// <summary>The shortfall of an experiment or figure that needs the installation.</summary>
    /// <param name="problem">What is found instead.</param>
    /// <param name="neededBy">The experiment or figure that needs the installation.</param>
    /// <param name="remedy">The advice of the experiment or figure that needs it; null when there is none.</param>
    public Shortfall ShortfallOf(InstallationProblem problem, string neededBy, string? remedy)
    {
        var advice = AdviceOn(problem.Package);
        return new Shortfall(What, string.Join(" or ", Names), problem.Found,
            remedy is null ? advice : $"{advice} {remedy}", [neededBy])
        {
            SetUp = problem.Package is { } package ? [SetUpScript.Package(package)] : [],
        };
    }

    /// <summary>What the set-up script provides for it on most machines; empty where no script can.</summary>
    public IReadOnlyList<string> SetUp => PackageOf(Names[0]) is { } package ? [SetUpScript.Package(package)] : [];

    // The package of Debian and Ubuntu that contains what is named; null for what is in no package.
    private string? PackageOf(string name) => Kind switch { "deb" => name, "python" => PythonPackage, _ => null };

    private string PythonPackage => $"python3-{Names[0].Split('.')[0].Replace('_', '-').ToLowerInvariant()}";

    private string What => Kind switch
    {
        "deb" => "Debian package",
        "pkg-config" => "library",
        "python" => "Python module",
        "kernel" => "feature of the kernel",
        "perf" => "performance counters",
        _ => "GPU",
    };

    private string AdviceOn(string? package) => Kind switch
    {
        "deb" when package is null =>
            "Use a release of Debian or Ubuntu that has the package, or install it from another "
            + "source.",
        "deb" => $"Install it: sudo apt-get install {package}.",
        "pkg-config" => $"Install its development files so that 'pkg-config --exists {Names[0]}' succeeds.",
        "python" when package is null => "Install it for the python3 in PATH, with pip.",
        "python" => $"Install it for the python3 in PATH: Debian's package {package}, or pip.",
        "kernel" => "Use a machine or a virtual machine whose kernel has it.",
        "perf" =>
            "Use a machine that is not virtual, and lower kernel.perf_event_paranoid: sudo sysctl "
                + "kernel.perf_event_paranoid=1.",
        _ => "Use a machine with such a GPU and its driver.",
    };

    private async Task<string?> ProblemAsync(string name, CancellationToken cancellation) => Kind switch
    {
        "deb" => await RunAsync(["dpkg-query", "--show", "--showformat=${db:Status-Status}", name],
            cancellation).ConfigureAwait(false) is (0, "installed")
            ? null : "it is not installed",
        "pkg-config" => await RunAsync(["pkg-config", "--exists", name], cancellation).ConfigureAwait(false) switch
        {
            (0, _) => null,
            (null, var why) => why,
            _ => "pkg-config does not know it",
        },
        "python" =>
            await RunAsync(["python3", "-c",
                "import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)", name],
            cancellation).ConfigureAwait(false) switch
            {
                (0, _) => null,
                (null, var why) => why,
                _ => "python3 has no such module",
            },
        "kernel" => KernelProblem(name),
        "perf" => PerfProblem("/sys/bus/event_source/devices", "/proc/sys/kernel/perf_event_paranoid"),
        _ => GpuProblem(name),
    };

    /// <summary>
    /// Whether the archive of this release has a package of Debian and Ubuntu. Before the archive's lists are fetched,
    /// they have not even git, and the answer is yes; so it is on a system without apt.
    /// </summary>
    /// <param name="package">The name of the package.</param>
    /// <param name="cancellation">Cancels the question.</param>
    public static async Task<bool> IsInArchiveAsync(string package, CancellationToken cancellation)
    {
        async Task<bool> Has(string name) =>
            await RunAsync(["apt-cache", "show", "--quiet", name], cancellation).ConfigureAwait(false) is (0, not "");
        return await Has(package).ConfigureAwait(false) || !await Has("git").ConfigureAwait(false);
    }

    private static string? KernelProblem(string name)
    {
        var file = "/boot/config-"
            + (File.Exists("/proc/sys/kernel/osrelease") ? File.ReadAllText("/proc/sys/kernel/osrelease").Trim() : "");
        var option = name.StartsWith("CONFIG_", StringComparison.Ordinal) ? name : "CONFIG_" + name.ToUpperInvariant();
        if (Directory.Exists($"/sys/module/{name}"))
            return null;
        return !File.Exists(file) ? $"no module of that name, and no configuration to look into ({file})"
            : File.ReadLines(file).Any(line => line == option + "=y" || line == option + "=m")
                ? null : $"{option} is not set in {file}";
    }

    /// <summary>The reason why the performance counters of the processor cannot be read; null when they can be
    /// read.</summary>
    internal static string? PerfProblem(string devices, string paranoid)
    {
        if (!Directory.Exists(devices)
            || !Directory.EnumerateDirectories(devices)
                .Any(device => Path.GetFileName(device).StartsWith("cpu", StringComparison.Ordinal)
            || Path.GetFileName(device).StartsWith("armv", StringComparison.Ordinal)))
            return "the kernel shows no counters of the processor";
        var level = File.Exists(paranoid) ? Amount.ParseWhole(File.ReadAllText(paranoid).Trim()) : null;
        return level <= 2 || Environment.IsPrivilegedProcess ? null : $"kernel.perf_event_paranoid is {level}";
    }

    private static string? GpuProblem(string name)
    {
        var (nvidia, amd) = (Directory.Exists("/proc/driver/nvidia/gpus"), File.Exists("/dev/kfd"));
        return name switch { "nvidia" => nvidia, "amd" => amd, _ => nvidia || amd || Directory.Exists("/dev/dri") }
            ? null : "none with a driver";
    }

    // The exit code and the output of a program, or null and the reason when the program could not run.
    private static async Task<(int? Code, string Text)> RunAsync(IReadOnlyList<string> command,
        CancellationToken cancellation)
    {
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? SearchPath.System,
            ["LC_ALL"] = "C.UTF-8",
            ["HOME"] = Path.GetTempPath(),
        };
        var text = new StringBuilder();
        var run = new HostCommand(command, "/", environment)
        {
            Seconds = MostSeconds,
            Output = PipeTarget.ToStringBuilder(text),
        };
        try
        {
            return await run.RunAsync(cancellation).ConfigureAwait(false) is { } code
                ? (code, text.ToString().Trim()) : (null, $"'{command[0]}' gave no answer in {MostSeconds} s");
        }
        catch (FileNotFoundException)
        {
            return (null, $"there is no '{command[0]}' to ask");
        }
    }

    // The name of a package must not look like an option to the program that is called with it.
    private static bool IsName(string name) => name.Length > 0 && char.IsAsciiLetterOrDigit(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '+' or ':');
}

/// <summary>What is found of an installation that is required and not there.</summary>
/// <param name="Found">A description of what is found.</param>
/// <param name="Package">A package of this release that would provide it; null where none would.</param>
public sealed record InstallationProblem(string Found, string? Package);
