using System.Text;
using System.Text.RegularExpressions;
using CliWrap;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Machines;

/// <summary>What a machine evaluates, and how.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Request">The request that is evaluated there.</param>
/// <param name="Needs">What the request needs of a machine, in the words of the set-up script.</param>
public sealed record MachineOrder(MachineDeclaration Machine, string Request, IReadOnlyList<string> Needs)
{
    /// <summary>Absolute path of a bundle that is sent, too; null when there is none.</summary>
    public string? Bundle { get; init; }
}

/// <summary>How the evaluation on a machine ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Errors">The errors that it reported.</param>
/// <param name="Log">Absolute path of the file with all that it printed.</param>
internal sealed record PartEnd(int ExitCode, IReadOnlyList<string> Errors, string Log);

/// <summary>
/// A part of an evaluation on another machine. It runs there by itself, in a session of its own: when the connection
/// breaks or this build is killed, it goes on, and the next call of the same order finds it again.
/// </summary>
internal sealed partial class MachinePart : IAsyncDisposable
{
    // How long the clocks may differ without a word, in seconds.
    private const long ClockTolerance = 120;
    // How often a broken connection is made again before the call ends: an hour while this machine is awake.
    private const int Patience = 125;
    private const int LongestWait = 30;
    // How often an evaluation that was killed there is started again within a call.
    private const int MostStarts = 5;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly MachineOrder order;
    private readonly MachineCall call;
    private readonly EvaluationLayout layout;
    private readonly ContentHashes hashes;
    private readonly IReadOnlyList<string> searchPath;
    private readonly IBuildLog log;
    private readonly SshConnection ssh;
    private readonly RemoteFolder there;
    private RemoteFacts? facts;
    private IReadOnlyList<BroughtFile> files = [];
    private string script = "", id = "";

    public MachinePart(MachineOrder order, MachineCall call, EvaluationLayout layout, ContentHashes hashes,
        IReadOnlyList<string> searchPath, IBuildLog log)
    {
        (this.order, this.call, this.layout, this.hashes, this.searchPath, this.log) =
            (order, call, layout, hashes, searchPath, log);
        ssh = SshConnection.To(Machine, searchPath);
        there = new RemoteFolder(ssh, Machine, NameThere(layout, call.ProjectFile, Machine));
    }

    private MachineDeclaration Machine => order.Machine;

    /// <summary>Absolute path of the folder of a machine here, all of which is disposable.</summary>
    public static string FolderOf(EvaluationLayout layout, MachineDeclaration machine) =>
        Path.Combine(layout.Machines, machine.Name);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ssh.DisposeAsync();

    /// <summary>Connects for the first time, and makes sure that the machine can evaluate.</summary>
    /// <exception cref="DiagnosticException">The machine cannot be reached, refuses the user, or cannot evaluate; or
    /// the project uses a file that cannot be sent.</exception>
    public async Task ConnectAsync(CancellationToken cancellation)
    {
        await FindFilesAsync(cancellation).ConfigureAwait(false);
        try
        {
            await there.PrepareAsync(cancellation).ConfigureAwait(false);
            facts = await there.FactsAsync(cancellation).ConfigureAwait(false);
        }
        catch (ConnectionLostException problem)
        {
            throw new DiagnosticException(problem.Diagnostic);
        }
        var lack = facts.System != "Linux x86_64" ? $"it is {facts.System}"
            : facts.Missing.Length > 0
                ? $"it has no {facts.Missing.Replace(" ", ", ", StringComparison.Ordinal)}" : null;
        if (lack is not null)
            throw MachineRules.Unfit.Error(Machine.Item.Where, Machine.Name, Machine.Address, lack);
        var off = facts.Clock - DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        if (Math.Abs(off) > ClockTolerance)
            log.Report(MachineRules.OtherClock.At(Machine.Item.Where, Machine.Name,
                EstimateOf(Math.Abs(off)), off > 0 ? "ahead of" : "behind"));
    }

    /// <summary>Connects after the machine was reached once; waits if it cannot be reached now.</summary>
    /// <exception cref="DiagnosticException">The machine refuses the user, or cannot be reached for long.</exception>
    public async Task ConnectPatientlyAsync(CancellationToken cancellation)
    {
        await FindFilesAsync(cancellation).ConfigureAwait(false);
        facts = await PatientlyAsync(async () =>
        {
            await there.PrepareAsync(cancellation).ConfigureAwait(false);
            return await there.FactsAsync(cancellation).ConfigureAwait(false);
        }, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Starts the evaluation there, after all that it needs was brought and set up. If the same order runs there, or
    /// has ended and its results were not taken, nothing is started. If another order runs, nothing is started yet.
    /// </summary>
    /// <returns>Whether the order runs or has run, so that it can be followed.</returns>
    /// <exception cref="DiagnosticException">A step failed.</exception>
    public Task<bool> StartAsync(CancellationToken cancellation) => PatientlyAsync(async () =>
    {
        var status = await there.StatusAsync(long.MaxValue, cancellation).ConfigureAwait(false);
        if (status.State == RemoteState.Running && status.Call != id)
        {
            log.Info($"{Machine.Name}: an earlier evaluation is running there; this one starts after it.");
            return false;
        }
        if (status.Call == id && (status.State == RemoteState.Running
            || status is { State: RemoteState.Ended, IsCollected: false }))
        {
            log.Info($"{Machine.Name}: found the evaluation that was started there, which "
                + (status.State == RemoteState.Running ? "is running." : "has ended."));
            return true;
        }
        await BringAsync(cancellation).ConfigureAwait(false);
        await SetUpAsync(cancellation).ConfigureAwait(false);
        await there.CallAsync($"start {id}", PipeSource.FromString(script, new UTF8Encoding(false)), cancellation)
            .ConfigureAwait(false);
        log.Info($"{Machine.Name}: evaluates {order.Request} at {Machine.Address}.");
        return true;
    }, cancellation);

    /// <summary>Shows the progress of the evaluation and takes its samples until it ends.</summary>
    /// <exception cref="OperationCanceledException">The call was cancelled; the evaluation there goes on.</exception>
    /// <exception cref="DiagnosticException">A step failed, or the machine could not be reached for long.</exception>
    public async Task<PartEnd> FollowAsync(SampleImport import, CancellationToken cancellation)
    {
        for (var starts = 0; ; starts++)
        {
            var end = await FollowRunAsync(import, cancellation).ConfigureAwait(false);
            // An earlier order has ended, or the machine was started anew.
            if (end is not null)
                return end;
            if (starts == MostStarts)
                throw MachineRules.StepFailed.Error(Machine.Item.Where, Machine.Name, Machine.Address,
                    "the evaluation", "it was killed again and again");
            await StartAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Stops the evaluation there; nothing of it runs afterwards.</summary>
    public async Task<bool> StopAsync(bool clean, CancellationToken cancellation)
    {
        try
        {
            if (!await there.IsThereAsync(cancellation).ConfigureAwait(false))
                return false;
            await there.PrepareAsync(cancellation).ConfigureAwait(false);
            await there.CallAsync(clean ? "clean" : "stop", PipeSource.Null, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (ConnectionLostException problem)
        {
            throw new DiagnosticException(problem.Diagnostic);
        }
    }

    // The end of the run that is there now; null when it was not that of this order.
    private async Task<PartEnd?> FollowRunAsync(SampleImport import, CancellationToken cancellation)
    {
        var fetched = new FetchedSamples(there, FolderOf(layout, Machine), facts!.Identity, import);
        fetched.Open();
        var output = new RemoteOutput(Path.Combine(FolderOf(layout, Machine), "log.txt"),
            line => log.Info($"{Machine.Name}: {line}"));
        while (true)
        {
            var status = await PatientlyAsync(() => there.StatusAsync(output.Offset, cancellation), cancellation)
                .ConfigureAwait(false);
            output.Add(status.Output);
            await PatientlyAsync(async () =>
            {
                await fetched.TakeAsync(status.JournalSize, cancellation).ConfigureAwait(false);
                return true;
            }, cancellation).ConfigureAwait(false);
            if (status.State == RemoteState.Running)
            {
                await Task.Delay(Interval, cancellation).ConfigureAwait(false);
                continue;
            }
            if (status.State != RemoteState.Ended || status.Call != id)
            {
                if (status.State == RemoteState.Died)
                    log.Info($"{Machine.Name}: the evaluation was killed there, and starts again.");
                return null;
            }
            await PatientlyAsync(async () =>
            {
                await fetched.TakeResultsAsync(cancellation).ConfigureAwait(false);
                await there.CallAsync("collected", PipeSource.Null, cancellation).ConfigureAwait(false);
                return true;
            }, cancellation).ConfigureAwait(false);
            return new PartEnd(status.ExitCode, output.Errors, output.File);
        }
    }

    // The files stay the same for the call, even if one is edited meanwhile.
    private async Task FindFilesAsync(CancellationToken cancellation)
    {
        var project = new ProjectFiles(call, layout.Root, searchPath);
        var setUp = Path.Combine(layout.Machines, "setup.sh");
        AtomicFile.Write(setUp, RemoteFolder.Resource("setup.sh"));
        files =
        [
            .. await project.FindAsync(Machine, cancellation).ConfigureAwait(false), new BroughtFile("setup.sh", setUp),
            .. order.Bundle is { } bundle ? [new BroughtFile(BundleThere(bundle), bundle)] : Array.Empty<BroughtFile>(),
        ];
        script = CallScript(project.ProjectThere);
        id = IdOf();
    }

    private static string BundleThere(string bundle) => $"bundle/{Path.GetFileName(bundle)}";

    private async Task BringAsync(CancellationToken cancellation)
    {
        var known = Encoding.UTF8.GetString(await there.CallAsync("known", PipeSource.Null, cancellation)
            .ConfigureAwait(false)).Split('\0');
        var end = Math.Max(0, Array.IndexOf(known, ""));
        var listed = known[..end].ToHashSet(StringComparer.Ordinal);
        // A line of sha256sum: the hash, two signs, and the path.
        var contents = known[end..].Where(line => line.Length > 66).ToLookup(line => line[66..], line => line[..64],
            StringComparer.Ordinal);
        var changed = files.Where(file => !listed.Contains(file.Record)
            || (file.Link is null && !contents[file.Path].Contains(hashes.OfFile(file.Source)))).ToList();
        var gone = listed.Select(record => record[(record.IndexOf(' ', StringComparison.Ordinal) + 1)..])
            .Except(files.Select(file => file.Path), StringComparer.Ordinal).ToList();
        if (changed.Count == 0 && gone.Count == 0)
            return;
        log.Info($"{Machine.Name}: bringing {Amount.Count(changed.Count, "file")}"
            + (files.Count > changed.Count ? $" of {files.Count}; the others are there" : ""));
        // What an interrupted transfer leaves is in the list, too.
        await ListAsync(listed.Union(files.Select(file => file.Record))).ConfigureAwait(false);
        if (changed.Count > 0)
            await there.CallAsync("put", PipeSource.Create((stream, token) =>
                BroughtFile.PackAsync(changed, stream, token)), cancellation).ConfigureAwait(false);
        if (gone.Count > 0)
            await there.CallAsync("drop", Records(gone), cancellation).ConfigureAwait(false);
        await ListAsync(files.Select(file => file.Record)).ConfigureAwait(false);

        Task ListAsync(IEnumerable<string> records) => there.CallAsync("list", Records(records), cancellation);

        static PipeSource Records(IEnumerable<string> records) =>
            PipeSource.FromBytes(Encoding.UTF8.GetBytes(string.Concat(records.Select(record => record + "\0"))));
    }

    private async Task SetUpAsync(CancellationToken cancellation)
    {
        var lines = new List<string>();
        var code = await there.CallAloudAsync($"setup {string.Join(' ', order.Needs)}".TrimEnd(), line =>
        {
            lines.Add(line);
            log.Info($"{Machine.Name}: {line}");
        }, cancellation).ConfigureAwait(false);
        if (code != 0)
            throw MachineRules.SetUpFailed.Error(Machine.Item.Where, Machine.Name, Machine.Address, code,
                string.Join(" | ", lines.TakeLast(12)));
    }

    // The build, as a script for the machine. Its variables keep everything that the build leaves in the part's folder.
    private string CallScript(string project)
    {
        var arguments = MachineProperties.For(call.Properties, call.Addresses)
            .Concat([("Request", order.Request), ("_ArtifactOnMachine", Machine.Name)])
            .Select(pair => $"-p:{pair.Item1}={MachineProperties.Escaped(pair.Item2)}")
            .Select(CommandLine.Quote).ToList();
        arguments.Add("-p:ArtifactEvaluationDir=\"$BASE\"/evaluation");
        if (order.Bundle is { } bundle)
            arguments.Add($"-p:ArtifactBundle=\"$BASE\"/{CommandLine.Quote(BundleThere(bundle))}");
        return $"""
            set -eu
            export DOTNET_CLI_HOME="$BASE/home" NUGET_PACKAGES="$BASE/nuget" NUGET_HTTP_CACHE_PATH="$BASE/home/http"
            export NUGET_SCRATCH="$BASE/home/scratch" XDG_DATA_HOME="$BASE/home/share"
            export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
            export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false
            export DOTNET_GENERATE_ASPNET_CERTIFICATE=false DOTNET_EnableDiagnostics=0
            case $DOTNET in "$BASE"/*) export DOTNET_ROOT="$BASE/dotnet" PATH="$BASE/dotnet:$PATH" ;; esac
            cd "$BASE"/{CommandLine.Quote(Path.GetDirectoryName(project)!.Replace('\\', '/'))}
            exec "$DOTNET" build {CommandLine.Quote("./" + Path.GetFileName(project))} -t:Build -nologo -tl:off -v:m \
              -clp:NoSummary -nodeReuse:false {string.Join(" \\\n  ", arguments)}

            """;
    }

    // Two bundles with the same content may differ, and the pins in the project say what is in them.
    private string IdOf() => ContentHashes.OfText(script + string.Concat(
        files.Where(file => file.Source != order.Bundle).OrderBy(file => file.Path, StringComparer.Ordinal)
            .Select(file => $"\n{file.Record} {(file.Link is null ? hashes.OfFile(file.Source) : "")}")))[..32];

    // Steps can be repeated: nothing is done twice there.
    private async Task<T> PatientlyAsync<T>(Func<Task<T>> step, CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var result = await step().ConfigureAwait(false);
                if (attempt > 0)
                    log.Info($"{Machine.Name}: connected again.");
                return result;
            }
            catch (ConnectionLostException problem) when (attempt < Patience)
            {
                if (attempt == 0)
                    log.Info($"{Machine.Name}: the connection broke ({problem.Message}). What runs there goes on; "
                        + "connecting again.");
                await Task.Delay(TimeSpan.FromSeconds(Math.Min(1 << Math.Min(attempt, 5), LongestWait)), cancellation)
                    .ConfigureAwait(false);
            }
            catch (ConnectionLostException problem)
            {
                throw new DiagnosticException(problem.Diagnostic);
            }
        }
    }

    private static string EstimateOf(long seconds) => seconds < 7200 ? $"{seconds / 60} minutes"
        : seconds < 172800 ? $"{seconds / 3600} hours" : $"{seconds / 86400} days";

    // The folder there is found again as long as neither this machine nor the evaluation's folder has another name.
    private static string NameThere(EvaluationLayout layout, string project, MachineDeclaration machine)
    {
        var hash = ContentHashes.OfText($"{Environment.MachineName}\n{Environment.UserName}\n{layout.Root}\n"
            + machine.Name)[..10];
        return $"{NotPlain().Replace(Path.GetFileNameWithoutExtension(project), "-")}-{hash}";
    }

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex NotPlain();
}
