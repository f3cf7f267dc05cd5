using System.Globalization;
using System.Text;
using CliWrap;
using Verus.Artifact.Common;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Experiments.Readers;

/// <summary>
/// A reader whose input is the output of a command that converts the sample's output (metadata <c>ReaderCommand</c>).
/// The command receives the sample's standard output as its standard input and, in the environment variable <see
/// cref="FolderVariable"/>, the folder with all kept files; the command runs in an empty folder that is removed
/// afterwards, and leaves no process behind.
/// </summary>
/// <param name="inner">Reader of what the command prints.</param>
/// <param name="command">Program and arguments, with placeholders.</param>
/// <param name="seconds">Seconds until the command is killed.</param>
/// <param name="place">Where the command runs.</param>
internal sealed class CommandReader(IOutputReader inner, IReadOnlyList<Template> command, double seconds,
    ReaderPlace place) : IOutputReader
{
    /// <summary>
    /// Environment variable with the path of the folder that contains stdout.txt, stderr.txt and the collected files.
    /// </summary>
    public const string FolderVariable = "SAMPLE_FOLDER";

    /// <summary>Program and arguments of the reader's command, as declared.</summary>
    internal IReadOnlyList<Template> Declared => command;

    /// <summary>Where the command runs.</summary>
    internal ReaderPlace Place => place;

    /// <summary>Seconds until the command is killed.</summary>
    internal double Seconds => seconds;

    /// <summary>A copy of this reader whose command runs elsewhere.</summary>
    internal CommandReader At(ReaderPlace other) => new(inner, command, seconds, other);

    /// <summary>Program and arguments of the reader's command for the output of one sample.</summary>
    /// <param name="folder">The folder with the kept files; null when there is none.</param>
    internal IReadOnlyList<string> CommandFor(string? folder) => [.. command.SelectMany(place.Arguments)
        .Select(argument => argument.Fill(one => one.Text == "output" ? folder ?? "" : place.ValueOf(one)))];

    private const int MostBytes = 64 << 20;
    private const int MostWords = 500;

    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public int Version => inner.Version;

    /// <inheritdoc/>
    public ReaderOutline? Outline => inner.Outline;

    /// <inheritdoc/>
    public IReadOnlyList<Reading> Read(SampleOutput output)
    {
        var (printed, said) = RunAsync(output).GetAwaiter().GetResult();
        try
        {
            return inner.Read(new SampleOutput(printed, said));
        }
        catch (FormatException problem)
        {
            throw new FormatException($"the output of the ReaderCommand cannot be read: {problem.Message}");
        }
    }

    private async Task<(string Output, string Error)> RunAsync(SampleOutput output)
    {
        using var folder = new TemporaryFolder();
        var kept = output as KeptOutput;
        using var tooMuch = CancellationTokenSource.CreateLinkedTokenSource(kept?.Cancellation ?? default,
            place.Host.Cancellation);
        using var printed = new MemoryStream();
        using var said = new MemoryStream();
        var environment = HostCommand.Alone(folder.Path, place.Path);
        foreach (var (name, value) in place.Environment)
            environment[name] = value;
        if (kept?.Folder is { } files)
            environment[FolderVariable] = files;
        var run = new HostCommand(CommandFor(kept?.Folder), folder.Path, environment)
        {
            Runner = place.Host.Runner,
            Seconds = seconds,
            Input = Input(output),
            Output = Collected(printed, tooMuch),
            Error = Collected(said, tooMuch),
        };
        try
        {
            return await run.RunAsync(tooMuch.Token).ConfigureAwait(false) switch
            {
                0 => (Text(printed), Text(said)),
                null => throw new FormatException(string.Create(CultureInfo.InvariantCulture,
                    $"the ReaderCommand was killed after {seconds} s (ReaderTimeout): {Words(said, printed)}")),
                var code => throw new FormatException(
                    $"the ReaderCommand ended with exit code {code}: {Words(said, printed)}"),
            };
        }
        catch (OperationCanceledException) when (!place.Host.Cancellation.IsCancellationRequested
            && kept?.Cancellation.IsCancellationRequested != true)
        {
            throw new FormatException($"the ReaderCommand printed more than {MostBytes >> 20} MiB");
        }
        catch (FileNotFoundException problem)
        {
            throw new FormatException($"the ReaderCommand cannot be started: {problem.Message}");
        }
    }

    // Most commands read a file of the folder instead of standard input, or stop reading it before the end.
    private static PipeSource Input(SampleOutput output) => PipeSource.Create(async (stream, ended) =>
    {
        using var reader = output.OpenStandardOutput();
        var buffer = new char[1 << 14];
        try
        {
            for (int count; (count = await reader.ReadAsync(buffer, ended).ConfigureAwait(false)) > 0;)
                await stream.WriteAsync(Encoding.UTF8.GetBytes(buffer, 0, count), ended).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The command has closed its standard input, which is not an error.
        }
    });

    private static PipeTarget Collected(MemoryStream into, CancellationTokenSource tooMuch) =>
        PipeTarget.Create(async (stream, ended) =>
    {
        var buffer = new byte[1 << 14];
        for (int count; (count = await stream.ReadAsync(buffer, ended).ConfigureAwait(false)) > 0;)
        {
            lock (into)
                into.Write(buffer, 0, count);
            if (into.Length > MostBytes)
                await tooMuch.CancelAsync().ConfigureAwait(false);
        }
    });

    private static string Text(MemoryStream stream)
    {
        lock (stream)
            return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static string Words(params IEnumerable<MemoryStream> streams)
    {
        var words = streams.Select(stream => OutputText.LastLines(Text(stream), 3))
            .FirstOrDefault(words => words.Length > 0);
        return words is null ? "it printed nothing" : words.Length > MostWords ? "..." + words[^MostWords..] : words;
    }
}
